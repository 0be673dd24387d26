#include "runner/console.hpp"
#include "verify/program.hpp"
#include "verify/run.hpp"

using namespace sentimark;

int main(int argc, char** argv) {
  runner::Console console(verify::program());
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  return runner::run_program(console.sys(), verify::program(), arguments, console.out(),
                             [&](const runner::Inputs& inputs) { return verify::run(console.sys(), inputs); });
}
