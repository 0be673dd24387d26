// judge_helm VERB ...: what our half makes of charts and values, for real Helm to judge.
//   chart PATH OUT    {"files": {path: sha256}} or {"error", "code"}; the canonical package goes to OUT
//   values MAJOR PATH FILE...   .Values as the templates of this major see it
//   ranges            lines "RANGE\tVERSION" on standard input; yes, no or malformed for each
//   globs             lines "PATTERN\tNAME" on standard input; the same
#include <cstdio>
#include <functional>
#include <iostream>
#include <span>
#include <string>

#include "digest/sha256.hpp"
#include "helm/chart.hpp"
#include "helm/glob.hpp"
#include "helm/package.hpp"
#include "helm/values_story.hpp"
#include "helm/version_range.hpp"
#include "json/text.hpp"
#include "sys/posix_system.hpp"

using namespace sentimark;

namespace {

json::Value told(const base::Error& error) {
  return json::Object{{"error", error.sentence()}, {"cure", error.cure}, {"code", error.code}};
}

json::Value chart(const std::string& path, const std::string& out) {
  sys::PosixFiles files;
  const auto loaded = helm::load_chart(files, path);
  if (!loaded) return told(loaded.error());
  const auto package = helm::package(*loaded);
  if (!package) return told(package.error());
  if (const auto written = files.write(out, package->tgz, 0644); !written) return told(written.error());
  json::Value rows = json::Value::object();
  for (const pack::Entry& entry : loaded->entries) rows.set(entry.path, digest::sha256_hex(entry.bytes));
  return json::Object{{"files", rows}};
}

json::Value values(const std::string& major_word, const std::string& path, std::span<const std::string> named) {
  sys::PosixFiles files;
  const auto loaded = helm::load_chart(files, path);
  if (!loaded) return told(loaded.error());
  std::vector<helm::ValueSource> sources;
  for (const std::string& name : named) {
    auto text = files.read(name, helm::k_chart_bytes);
    if (!text) return told(text.error());
    sources.push_back({name, std::move(*text)});
  }
  // What helm is given is the merged file; the story must come to the same by its own way.
  const helm::HelmMajor major = major_word == "helm3" ? helm::HelmMajor::three : helm::HelmMajor::four;
  const auto merged = helm::merge_values(sources);
  const auto story = helm::ValuesStory::of(*loaded, sources, major);
  if (!merged || !story) return told(merged ? story.error() : merged.error());
  const auto again = helm::ValuesStory::of(*loaded, {{"merged", merged->text}}, major);
  if (!again) return told(again.error());
  return json::Object{{"values", story->effective()}, {"of-merged", again->effective()}, {"merged", merged->merged}};
}

using Judge = std::function<std::optional<bool>(const std::string&, const std::string&)>;

void each_line(const Judge& judge) {
  for (std::string line; std::getline(std::cin, line);) {
    const std::size_t tab = line.find('\t');
    const auto verdict = judge(line.substr(0, tab), line.substr(tab + 1));
    std::puts(!verdict ? "malformed" : *verdict ? "yes" : "no");
  }
}

std::optional<bool> in_range(const std::string& text, const std::string& version) {
  const auto range = helm::VersionRange::parse(text);
  const auto parsed = helm::parse_version(version);
  if (!range || !parsed) return std::nullopt;
  return range->admits(*parsed);
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() == 3 && words[0] == "chart") {
    std::puts(json::to_text(chart(words[1], words[2])).c_str());
  } else if (words.size() >= 3 && words[0] == "values") {
    std::puts(json::to_text(values(words[1], words[2], std::span(words).subspan(3))).c_str());
  } else if (words.size() == 1 && words[0] == "ranges") {
    each_line(in_range);
  } else if (words.size() == 1 && words[0] == "globs") {
    each_line([](const std::string& pattern, const std::string& name) { return helm::glob_matches(pattern, name); });
  } else {
    std::fputs("usage: judge_helm chart PATH OUT | values MAJOR PATH FILE... | ranges | globs\n", stderr);
    return 2;
  }
  return 0;
}
