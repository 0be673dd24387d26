// Transfer: files that no single call can carry, brought to the cluster in chunks, each a Secret that is named by its
// content. docs/protocols/transfer.md.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "cluster/door.hpp"
#include "cluster/pod_batch.hpp"
#include "cluster/reduced_mode.hpp"
#include "sys/sys.hpp"

namespace sentimark::cluster {

inline constexpr std::uint64_t k_chunk_limit = 700U << 10U;  // a Secret holds 1 MiB, as base64 three quarters of that
inline constexpr std::uint64_t k_small_file = 16U << 10U;    // what is not larger stays with its call

// The bytes in pieces of `most`, the last one shorter. Precondition: most > 0.
std::vector<std::string_view> chunks_of(std::string_view bytes, std::uint64_t most);

// Brings each file into the namespace of the job's release and names it, with its chunks, in `job`: the agent puts it
// together and proves it before anything else. One call a chunk, and each call tells which chunks the cluster holds:
// those are not sent. With each call those go away that were written before yesterday. Returns how many chunks the
// files have. A call of which nobody knows what became is made again, for no chunk is written twice. No call is begun
// after `until`. Errors: config (no namespace), auth, remote, timeout, what `run` meets, but never a lost call.
base::Result<int> transfer(sys::Sys& sys, wire::Job& job, const std::vector<Payload>& files, std::uint64_t most,
                           base::Instant until, const RunCommand& run);

}  // namespace sentimark::cluster
