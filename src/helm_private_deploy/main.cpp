#include "helm_private_deploy/program.hpp"
#include "helm_private_deploy/run.hpp"
#include "net/curl_http.hpp"
#include "runner/console.hpp"
#include "version/version.hpp"

using namespace sentimark;

int main(int argc, char** argv) {
  runner::Console console(helm_private_deploy::program());
  net::CurlHttp http(console.clock(), {net::find_trust(console.sys().env, console.sys().files),
                                       "sentimark/" + std::string(version::version()), console.wake_descriptor()});
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  return runner::run_program(
      console.sys(), helm_private_deploy::program(), arguments, console.out(),
      [&](const runner::Inputs& inputs) { return helm_private_deploy::run(console.sys(), http, inputs); });
}
