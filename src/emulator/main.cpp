// sentimark-emulator: the clouds to rehearse against, on loopback.
#include <signal.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

#include "emulator/server.hpp"
#include "json/text.hpp"

namespace {

using namespace sentimark;

constexpr const char* usage =
    "usage: sentimark-emulator serve --state DIR [--config FILE] [--listen 127.0.0.1:PORT] [--kubeconfig FILE]\n"
    "                                [--fault SPEC]... [--instant] [--context-limit BYTES]\n"
    "Plays GitHub's id-token issuer, Entra's token endpoint and Azure Resource Manager for one AKS cluster.\n"
    "  --state DIR            receives ca.pem, endpoint.json, env, pid and journal.jsonl\n"
    "  --config FILE          JSON; every field has a default (docs/emulator.md)\n"
    "  --kubeconfig FILE      the cluster that commands reach\n"
    "  --fault SPEC           operation=runCommand,kind=429,nth=1,count=1,retryAfter=2\n"
    "  --instant              answers every command at once without running it\n"
    "  --context-limit BYTES  a larger request body is refused with 413 (default 4194304)\n";

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

int serve(int count, char** words) {
  emulator::Config config;
  emulator::Faults faults;
  std::string state, config_text = "{}", kubeconfig, listen = "127.0.0.1:0", limit;
  bool instant = false;
  for (int i = 2; i < count; ++i) {
    const std::string flag = words[i];
    if (flag == "--instant") {
      instant = true;
      continue;
    }
    if (i + 1 == count) return wrong("flag " + flag + " is unknown or has no value");
    const std::string value = words[++i];
    if (flag == "--state")
      state = value;
    else if (flag == "--kubeconfig")
      kubeconfig = value;
    else if (flag == "--listen")
      listen = value;
    else if (flag == "--context-limit")
      limit = value;
    else if (flag == "--fault") {
      if (auto added = faults.add(value); !added) return tell(added.error());
    } else if (flag == "--config") {
      auto text = read_file(value);
      if (!text) return tell(text.error());
      config_text = *text;
    } else
      return wrong("unknown flag " + flag);
  }
  if (state.empty()) return wrong("--state is missing");
  if (listen.rfind("127.0.0.1:", 0) != 0) return wrong("--listen takes 127.0.0.1:PORT only");
  auto read = emulator::read_config(config_text);
  if (!read) return tell(read.error());
  config = *read;
  for (const json::Value& fault : config.faults)
    if (auto added = faults.add(fault); !added) return tell(added.error());
  config.state = state;
  config.kubeconfig = kubeconfig;
  config.instant = instant;
  config.port = std::atoi(listen.substr(10).c_str());
  if (!limit.empty()) config.context_limit = std::strtoull(limit.c_str(), nullptr, 10);
  auto done = emulator::serve(config, faults);
  return done ? 0 : tell(done.error());
}

}  // namespace

int main(int count, char** words) {
  const std::string verb = count > 1 ? words[1] : "";
  if (verb == "--help" || verb == "-h") return std::cout << usage, 0;
  if (verb == "--version") return std::cout << "sentimark-emulator 0.1.0\n", 0;
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
