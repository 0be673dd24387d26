#include "helm_private_deploy/debug_bundle.hpp"

#include "base/text.hpp"
#include "helm_private_deploy/evidence.hpp"
#include "json/text.hpp"
#include "pack/deflate.hpp"
#include "pack/tar.hpp"
#include "runner/markdown.hpp"
#include "version/version.hpp"

namespace sentimark::helm_private_deploy {
namespace {

json::Value about(const DebugFacts& facts, const base::Result<runner::Ending>& done) {
  json::Value libraries = json::Value::object();
  for (const version::Dependency& library : version::dependencies()) libraries.set(library.name, library.version);
  json::Value outputs = json::Value::object();
  if (done) {
    for (const auto& [name, value] : done->outputs) outputs.set(name, value);
  }
  return json::Object{{"version", version::version()},
                      {"commit", version::commit()},
                      {"libraries", std::move(libraries)},
                      {"command", facts.verb},
                      {"operation", facts.operation},
                      {"correlation", facts.correlation},
                      {"status", base::row_of(done ? done->outcome : done.error().kind).word},
                      {"reason", done ? done->reason : done.error().sentence()},
                      {"costs", facts.costs},
                      {"outputs", std::move(outputs)}};
}

std::string pretty(const json::Value& value) { return value.is_null() ? "" : json::to_pretty_text(value) + "\n"; }

}  // namespace

base::Result<std::string> debug_bundle(const sys::Secrets& secrets, const DebugFacts& facts,
                                       const base::Result<runner::Ending>& done) {
  std::vector<pack::Entry> entries;
  const auto add = [&](const std::string& path, const std::string& text) {
    if (!text.empty()) entries.push_back({path, secrets.redact(text)});
  };
  add("bundle.json", pretty(about(facts, done)));
  add("plan.json", pretty(facts.plan));
  add("status.json", pretty(facts.status));
  add("log.jsonl", facts.log);
  add("requests.jsonl", facts.requests);
  add("operation-log.jsonl", facts.records);
  if (done) add("summary.md", done->summary);
  // Two names may become one once they are plain.
  for (std::size_t i = 0; i < facts.evidence.size(); ++i)
    add("evidence/" + std::to_string(i + 1) + "-" + plain_name(facts.evidence[i].name), facts.evidence[i].text);
  SENTIMARK_LET(stream, pack::tar(std::move(entries)));
  return pack::gzip(stream);
}

void keep_debug_bundle(sys::Sys& sys, const std::string& file, const DebugFacts& facts,
                       base::Result<runner::Ending>& done) {
  const auto bytes = debug_bundle(sys.secrets, facts, done);
  const base::Done written = bytes ? sys.files.write(file, *bytes, 0600) : base::Done(bytes.error());
  if (!written) {
    sys.log.warning("the debug bundle could not be written: " + written.error().sentence());
    return;
  }
  sys.log.info("debug bundle: " + file);
  if (done && !done->summary.empty())
    done->summary += "\nThe debug bundle is " + runner::markdown_code(file) +
                     ": keep it by a step with `if: always()` and `actions/upload-artifact`.\n";
}

}  // namespace sentimark::helm_private_deploy
