// sentimark-emulator: the clouds to rehearse against, on loopback.
#include <signal.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

#include "base/text.hpp"
#include "emulator/server.hpp"
#include "json/text.hpp"

namespace {

using namespace sentimark;

constexpr const char* usage =
    "usage: sentimark-emulator serve --state DIR [--config FILE] [--listen 127.0.0.1:PORT] [--mode child|pod]\n"
    "                                [--kubeconfig FILE] [--kubectl FILE] [--helm FILE] [--image NAME]\n"
    "                                [--fault SPEC|FILE]... [--time-scale N] [--context-limit BYTES] [--instant]\n"
    "Plays GitHub's id-token issuer, Entra's token endpoint and Azure Resource Manager for one AKS cluster.\n"
    "  --state DIR            receives ca.pem, endpoint.json, env, pid and journal.jsonl\n"
    "  --config FILE          JSON; every field has a default (docs/emulator.md)\n"
    "  --listen 127.0.0.1:PORT  (default: any free port)\n"
    "  --mode MODE            child (default): a command is a confined process of this machine; pod: a pod of the\n"
    "                         cluster in namespace aks-command\n"
    "  --kubeconfig FILE      the cluster that commands reach; in pod mode an administrator's\n"
    "  --kubectl FILE         the program (default: kubectl on PATH); child commands get it too\n"
    "  --helm FILE            what child commands find as helm\n"
    "  --image NAME           of command pods (default sentimark.local/aks-command:helm3)\n"
    "  --fault SPEC           operation=runCommand,kind=429,nth=1,count=1,retryAfter=2, or a JSON file of such "
    "objects\n"
    "  --time-scale N         documented durations (30 s to start, retention, run time) pass N times as fast\n"
    "  --context-limit BYTES  a larger request body is refused with 413 (default 4194304)\n"
    "  --instant              answers every command at once without running it\n"
    "  --help, --version\n";

constexpr std::array<const char*, 11> value_flags{"--state",      "--config",        "--listen", "--mode",
                                                  "--kubeconfig", "--kubectl",       "--helm",   "--image",
                                                  "--time-scale", "--context-limit", "--fault"};

base::Result<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return base::fail(base::Outcome::config, "cannot read " + path);
  return text.str();
}

int tell(const base::Error& error) {
  std::cerr << "error: " << error.sentence() << (error.cure.empty() ? "" : "; " + error.cure) << "\n";
  return error.kind == base::Outcome::usage ? 2 : 3;
}

int wrong(const std::string& what) {
  return tell(base::fail(base::Outcome::usage, what, "see sentimark-emulator --help"));
}

base::Done add_fault(emulator::Faults& faults, const std::string& word) {
  if (word.find('=') != std::string::npos) return faults.add_spec(word);
  SENTIMARK_LET(text, read_file(word));
  SENTIMARK_LET(list, json::parse(text));
  return faults.add_all(list);
}

// Flags win over the configuration file.
base::Result<emulator::Config> configure(const std::map<std::string, std::string>& flags) {
  const auto given = [&](const std::string& name) {
    const auto found = flags.find(name);
    return found == flags.end() ? std::string() : found->second;
  };
  std::string text = "{}";
  if (!given("--config").empty()) {
    SENTIMARK_LET(content, read_file(given("--config")));
    text = content;
  }
  SENTIMARK_LET(over, json::parse(text));
  for (const auto& [flag, field] : {std::pair{"--mode", "mode"},
                                    {"--kubeconfig", "kubeconfig"},
                                    {"--kubectl", "kubectl"},
                                    {"--helm", "helm"},
                                    {"--image", "image"}})
    if (!given(flag).empty()) over.set(field, given(flag));
  SENTIMARK_LET(config, emulator::read_config(json::to_text(over)));
  config.state = given("--state");
  config.instant = flags.count("--instant") != 0;
  const std::string listen = given("--listen").empty() ? "127.0.0.1:0" : given("--listen");
  const auto usage_error = [](const std::string& what) { return base::fail(base::Outcome::usage, what); };
  if (config.state.empty()) return usage_error("--state is missing");
  const auto port = base::parse_unsigned(std::string_view(listen).substr(std::min<std::size_t>(10, listen.size())));
  if (listen.rfind("127.0.0.1:", 0) != 0 || !port || *port > 65535)
    return usage_error("--listen takes 127.0.0.1:PORT only");
  config.port = static_cast<int>(*port);
  if (const std::string limit = given("--context-limit"); !limit.empty()) {
    const auto bytes = base::parse_unsigned(limit);
    if (!bytes) return usage_error("--context-limit takes a number of bytes");
    config.context_limit = *bytes;
  }
  if (const std::string scale = given("--time-scale"); !scale.empty()) {
    char* end = nullptr;
    config.time_scale = std::strtod(scale.c_str(), &end);
    if (*end != '\0' || !(config.time_scale >= 0.001 && config.time_scale <= 1e6))
      return usage_error("--time-scale takes a number from 0.001 to 1000000");
  }
  if (config.pods && config.kubeconfig.empty()) return usage_error("--mode pod needs --kubeconfig");
  if (config.pods && config.kubectl.empty()) config.kubectl = "kubectl";
  if (config.ca_key.empty()) config.ca_key = std::filesystem::path(config.kubeconfig).parent_path() / "ca.key";
  return config;
}

int serve(int count, char** words) {
  emulator::Faults faults;
  std::map<std::string, std::string> flags;
  for (int i = 2; i < count; ++i) {
    const std::string flag = words[i];
    if (flag == "--instant") {
      flags[flag] = "";
      continue;
    }
    if (std::find(value_flags.begin(), value_flags.end(), flag) == value_flags.end())
      return wrong("unknown flag " + flag);
    if (i + 1 == count) return wrong("flag " + flag + " has no value");
    flags[flag] = words[++i];
    if (flag == "--fault")
      if (auto added = add_fault(faults, flags[flag]); !added) return tell(added.error());
  }
  auto config = configure(flags);
  if (!config) return tell(config.error());
  if (auto added = faults.add_all(config->faults); !added) return tell(added.error());
  auto done = emulator::serve(*config, faults);
  return done ? 0 : tell(done.error());
}

}  // namespace

int main(int count, char** words) {
  const std::string verb = count > 1 ? words[1] : "";
  if (verb == "--help" || verb == "-h") return std::cout << usage, 0;
  if (verb == "--version") return std::cout << "sentimark-emulator 0.1.0\n" << emulator::library_versions(), 0;
  if (verb != "serve") return wrong(verb.empty() ? "a verb is missing" : "unknown verb " + verb);
  // Blocked before any thread starts, so that only the waiting one receives them.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  sigprocmask(SIG_BLOCK, &ends, nullptr);
  signal(SIGPIPE, SIG_IGN);
  try {
    return serve(count, words);
  } catch (const std::exception& problem) {
    return tell(base::fail(base::Outcome::internal, problem.what()));
  }
}
