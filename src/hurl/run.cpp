#include "hurl/run.hpp"

#include <algorithm>

#include "hurl/session.hpp"

namespace sentimark::hurl {

bool EntryResult::passed() const {
  return std::all_of(findings.begin(), findings.end(), [](const Finding& finding) { return finding.passed; });
}

bool FileResult::passed() const {
  return std::all_of(entries.begin(), entries.end(), [](const EntryResult& entry) { return entry.passed(); });
}

base::Error insecure_refused(std::string_view file, Place place) {
  return error_at(file, place, "the option insecure is not allowed here", "allow it with --allow-insecure-tls");
}

base::Done check_allowed(const File& file, const RunOptions& options) {
  if (options.allow_insecure) return {};
  for (const Entry& entry : file.entries) {
    for (const Option& option : entry.request.options) {
      const bool constant = option.value.pieces.size() == 1 && option.value.is_constant();
      if (option.name == Option::Name::insecure && constant && option.value.pieces[0].text == "true")
        return insecure_refused(file.name, option.value.place);
    }
  }
  return {};
}

base::Result<FileResult> run(const File& file, Variables variables, const RunOptions& options, RunWorld& world) {
  const Surroundings around{world.clock, world.random, world.files, world.secret};
  Session session(file, std::move(variables), options, around);
  http1::Client client(world.network, world.clock, world.roots, options.limits);
  for (;;) {
    const Step step = session.next();
    if (step.kind == Step::Kind::done) return std::move(session).take();
    if (step.kind == Step::Kind::wait) {
      if (world.clock.sleep_until(step.until, world.stop)) continue;
      return base::fail(base::Outcome::interrupted, "stopped between two requests");
    }
    auto exchange = client.send(step.request, step.way, world.stop);
    if (!exchange && exchange.error().kind == base::Outcome::interrupted) return std::move(exchange).error();
    session.answer(std::move(exchange));
  }
}

}  // namespace sentimark::hurl
