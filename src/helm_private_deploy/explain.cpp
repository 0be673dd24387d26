#include "helm_private_deploy/explain.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "helm/values_story.hpp"
#include "helm_private_deploy/plan.hpp"
#include "json/text.hpp"

namespace sentimark::helm_private_deploy {
namespace {

constexpr std::size_t k_value_told = 200;

std::string shown(const json::Value& value) { return base::shorten(json::to_text(value), k_value_told); }

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.resize(width, ' ');
  return text;
}

bool counts(const helm::Explained& explained, const helm::Said& said) {
  return explained.leaves.size() == 1 && said.origin.text() == explained.leaves.front().origin.text();
}

std::string text_of(const std::string& key, const helm::Explained& explained) {
  std::string text;
  for (const helm::Leaf& leaf : explained.leaves)
    text += leaf.path + " = " + shown(leaf.value) + "\n  from " + leaf.origin.text() + "\n";
  if (explained.leaves.empty()) {
    text += key + " is not set: the templates see nothing there\n";
    if (!explained.nearest.empty()) text += "  the nearest key is " + explained.nearest + "\n";
  }
  if (explained.said.empty()) return text;
  std::size_t width = 0;
  for (const helm::Said& said : explained.said) width = std::max(width, said.origin.text().size());
  text += "\nWhat each source says, the last one wins:\n";
  for (const helm::Said& said : explained.said) {
    text += "  " + padded(said.origin.text(), width) + "  " + (said.key == key ? "" : said.key + ": ") +
            (said.value.is_null() ? "null, which deletes it" : shown(said.value)) +
            (counts(explained, said) ? "  <- this one" : "") + "\n";
  }
  return text;
}

json::Value json_of(const helm::Origin& origin) {
  return json::Object{{"source", origin.source}, {"line", origin.line}, {"column", origin.column}};
}

json::Value json_of(const std::string& key, const helm::Explained& explained) {
  json::Value leaves = json::Value::array();
  for (const helm::Leaf& leaf : explained.leaves)
    leaves.push(json::Object{{"key", leaf.path}, {"value", leaf.value}, {"from", json_of(leaf.origin)}});
  json::Value said = json::Value::array();
  for (const helm::Said& each : explained.said)
    said.push(json::Object{{"key", each.key}, {"value", each.value}, {"at", json_of(each.origin)}});
  return json::Object{{"key", key}, {"values", leaves}, {"said", said}, {"nearest", explained.nearest}};
}

}  // namespace

base::Result<runner::Ending> explain_values(sys::Sys& sys, const DeployInputs& inputs) {
  if (inputs.reference)
    return base::fail(base::Outcome::usage,
                      "explain-values needs the chart's own values, and this chart is in a registry",
                      "pull it first, and give the .tgz: helm pull " + inputs.chart);
  SENTIMARK_LET(chart, helm::load_chart(sys.files, inputs.chart));
  SENTIMARK_LET(sources, read_values(sys, inputs));
  SENTIMARK_LET(story, helm::ValuesStory::of(chart, sources, helm::HelmMajor::four));
  SENTIMARK_LET(explained, story.explain(inputs.explain_values));
  SENTIMARK_LET(older, helm::ValuesStory::of(chart, sources, helm::HelmMajor::three));
  SENTIMARK_LET(before, older.explain(inputs.explain_values));
  runner::Ending ending;
  ending.text = text_of(inputs.explain_values, explained);
  ending.data = json_of(inputs.explain_values, explained);
  const auto same = [](const helm::Leaf& left, const helm::Leaf& right) { return left.path == right.path; };
  if (!std::equal(explained.leaves.begin(), explained.leaves.end(), before.leaves.begin(), before.leaves.end(), same))
    ending.text += "\nHelm 3 sees more: a null among a chart's defaults is a value to it, and nothing to Helm 4.\n";
  return ending;
}

}  // namespace sentimark::helm_private_deploy
