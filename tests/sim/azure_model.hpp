// AzureModel: GitHub's id-token, Entra and Azure Resource Manager as far as the runner's half can see them, and the
// command pods that runCommand starts, with everything that can go wrong between them.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "fake/files.hpp"
#include "sim/faults.hpp"
#include "sim/world.hpp"
#include "sys/http.hpp"

namespace sentimark::sim {

// A command that was accepted: its pod, and what ARM will tell of it.
struct PodOrder {
  std::string id;
  std::string name;                    // of the pod
  std::vector<std::string> arguments;  // of the agent
  fake::FakeFiles disk;                // the unpacked context
  Instant accepted;
  bool twin = false;  // the second command of one POST
};

struct PodEnd {
  int exit_code = 0;
  bool killed = false;
  std::string log;
};

class AzureModel {
 public:
  AzureModel(World& world, const Weather& weather, bool entra);
  AzureModel(const AzureModel&) = delete;
  AzureModel& operator=(const AzureModel&) = delete;

  // Starts the agent of an accepted command, now or later; set by the scenario.
  std::function<void(std::shared_ptr<PodOrder>)> on_command;
  // Each arrival of a runCommand POST at Azure, accepted or not yet.
  std::function<void(const std::string& caller, const std::string& job_text)> on_post;

  // The pod of the command ended; ARM will tell after a while.
  void ended(const std::string& id, PodEnd end);
  // ARM gives up on a command, whatever its pod does later.
  void give_up(const std::string& id, const std::string& reason);

  sys::Response serve(const sys::Request& request, const std::string& caller, bool twice);

  const Weather& weather() const { return weather_; }

 private:
  struct Command {
    bool ended = false;
    bool failed = false;
    std::string reason;
    PodEnd end;
  };
  sys::Response run_command(const sys::Request& request, const std::string& caller, bool twice);
  std::string accept(const std::string& command, const std::string& context, bool twin);
  sys::Response result(const std::string& id);
  World& world_;
  Weather weather_;
  bool entra_;
  int last_ = 0;
  std::map<std::string, Command> commands_;
};

// The Http of one program: requests travel, arrive, and their answers travel back, or not.
class SimHttp final : public sys::Http {
 public:
  SimHttp(World& world, Actor& actor, AzureModel& azure) : world_(world), actor_(actor), azure_(azure) {}
  base::Result<sys::Response> send(const sys::Request& request, const sys::Stop& stop) override;

 private:
  World& world_;
  Actor& actor_;
  AzureModel& azure_;
};

}  // namespace sentimark::sim
