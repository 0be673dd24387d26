#include "wire/frame.hpp"

#include "base/text.hpp"
#include "digest/sha256.hpp"

namespace sentimark::wire {
namespace {

using base::fail;
using base::Outcome;

base::Error unreadable(std::string_view code, std::string what) {
  return fail(Outcome::unknown, std::move(what),
              "the record in the cluster says how the operation ended: run again with the same operation id",
              std::string(code));
}

}  // namespace

std::string frame(std::string_view nonce, std::string_view payload) {
  const std::string mark(nonce);
  return "\nsentimark-answer begin " + mark + " bytes=" + std::to_string(payload.size()) +
         " sha256=" + digest::sha256_hex(payload) + "\n" + std::string(payload) + "\nsentimark-answer end " + mark +
         "\n";
}

base::Result<std::string> find_frame(std::string_view log, std::string_view nonce) {
  const std::string begin = "\nsentimark-answer begin " + std::string(nonce) + " bytes=";
  const std::string end = "\nsentimark-answer end " + std::string(nonce) + "\n";
  const std::size_t at = log.find(begin);
  if (at == std::string_view::npos) return unreadable("absent", "the command's log holds no answer");
  if (log.find(begin, at + 1) != std::string_view::npos)
    return unreadable("doubled", "the command's log holds two answers");
  std::string_view rest = log.substr(at + begin.size());
  const std::size_t header_end = rest.find('\n');
  if (header_end == std::string_view::npos)
    return unreadable("truncated", "the command's log was cut inside the answer");
  const std::vector<std::string> fields = base::split(rest.substr(0, header_end), ' ');
  const auto size = base::parse_unsigned(fields[0]);
  constexpr std::string_view digest_key = "sha256=";
  if (!size || *size > k_answer_limit || fields.size() != 2 || fields[1].rfind(digest_key, 0) != 0) {
    return unreadable("damaged", "the answer's first line is damaged");
  }
  rest.remove_prefix(header_end + 1);
  if (rest.size() < *size + end.size()) return unreadable("truncated", "the command's log was cut inside the answer");
  const std::string_view payload = rest.substr(0, *size);
  if (rest.substr(*size, end.size()) != end) return unreadable("damaged", "the answer's length is not what it says");
  if (digest::sha256_hex(payload) != fields[1].substr(digest_key.size())) {
    return unreadable("damaged", "the answer's bytes are not what they were");
  }
  return std::string(payload);
}

}  // namespace sentimark::wire
