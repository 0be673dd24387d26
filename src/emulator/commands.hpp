// The commands of this run: started, watched, kept as commandResults until the end.
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "emulator/command_place.hpp"
#include "emulator/config.hpp"
#include "emulator/context.hpp"
#include "emulator/faults.hpp"
#include "emulator/kubernetes.hpp"

namespace sentimark::emulator {

// Whether the configured CA key can sign identities for that cluster. Error: config.
base::Done can_sign(const Config& config, const Kubernetes& cluster);

// Who a clusterToken says that the caller is.
struct Caller {
  std::string object_id;
  std::vector<std::string> groups;
  std::int64_t token_end = 0;  // seconds of the epoch
};

struct Order {
  std::string command;
  Context context;
  std::optional<Caller> caller;  // on AAD clusters
  std::string created_by;
};

class Commands {
 public:
  // cluster: set in pod mode. What a crashed run left in it goes now.
  Commands(const Config& config, std::optional<Kubernetes> cluster);
  ~Commands();  // ends every command and takes its place away

  void halt();  // every wait ends soon, nothing starts any more

  struct Started {
    std::string id;  // empty: refused
    Refusal refusal;
    json::Value facts;  // of each place, for the journal
  };
  // Blocks as AKS does: until the command runs, at most 30 s.
  Started start(const Order& order, const std::optional<Fault>& fault);

  struct Result {
    bool done = false;
    std::string started, finished;  // RFC 3339
    CommandOutcome outcome;         // of a running one the logs alone, with partialLogs
    std::optional<std::chrono::steady_clock::time_point> over;
    std::shared_ptr<CommandPlace> place;
  };
  // Reading a finished result lets its pod go. as_before: the state that an earlier poll saw. Null: unknown.
  std::optional<Result> look(const std::string& id, bool as_before);

 private:
  struct Worker {
    std::thread thread;
    std::atomic<bool> over{false};
  };
  std::unique_ptr<CommandPlace> place_for(const std::string& id, const Order& order, const Fault& fault) const;
  void watch(const std::string& id, std::shared_ptr<CommandPlace> place, const Fault& fault);
  void work(std::function<void()> task);
  std::chrono::milliseconds scaled(double seconds) const;
  std::string instance() const;

  const Config& config_;
  std::optional<Kubernetes> cluster_;
  std::string server_;  // the API as pods reach it
  std::mutex mutex_;
  std::condition_variable read_;
  std::map<std::string, Result> results_;
  std::map<std::string, bool> was_read_;
  std::list<Worker> workers_;
  std::size_t running_ = 0;
  std::atomic<bool> stopping_{false};
};

}  // namespace sentimark::emulator
