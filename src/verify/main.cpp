#include "net/ares_resolver.hpp"
#include "net/curl_http.hpp"
#include "runner/console.hpp"
#include "sys/epoll_poller.hpp"
#include "sys/posix_network.hpp"
#include "verify/program.hpp"
#include "verify/run.hpp"
#include "version/version.hpp"

using namespace sentimark;

int main(int argc, char** argv) {
  runner::Console console(verify::program());
  net::AresResolver resolver(console.clock(), console.wake_descriptor());
  sys::PosixNetwork network(console.clock(), resolver, console.wake_descriptor());
  sys::EpollPoller poller(console.clock(), console.wake_descriptor());
  net::CurlHttp http(console.clock(), {net::find_trust(console.sys().env, console.sys().files),
                                       "sentimark/" + std::string(version::version()), console.wake_descriptor()});
  const verify::Outside outside{console.sys(), network, poller, resolver, http};
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  return runner::run_program(console.sys(), verify::program(), arguments, console.out(),
                             [&](const runner::Inputs& inputs) { return verify::run(outside, inputs); });
}
