#include "kube/lint.hpp"

#include <gtest/gtest.h>

#include <set>

#include "base/text.hpp"
#include "unit/data.hpp"

using namespace sentimark;

namespace {

json::Value told(const std::vector<kube::LintFinding>& findings) {
  json::Value list = json::Value::array();
  for (const kube::LintFinding& finding : findings) {
    json::Value one;
    one.set("rule", finding.rule);
    one.set("object", static_cast<std::int64_t>(finding.object));
    one.set("path", finding.path);
    list.push(std::move(one));
  }
  return list;
}

// The value at "a.b[2].c", made where it is missing.
json::Value& at(json::Value& value, const std::string& path) {
  json::Value* here = &value;
  for (const std::string& part : base::split(path, '.')) {
    const std::string name = part.substr(0, part.find('['));
    if (here->find(name) == nullptr) here->set(name, json::Value());
    here = here->find(name);
    if (const std::size_t open = part.find('['); open != std::string::npos) {
      json::Array items = here->items();
      const auto index = static_cast<std::size_t>(*base::parse_unsigned(part.substr(open + 1, part.size() - open - 2)));
      *here = json::Value(std::move(items));
      here = const_cast<json::Value*>(&here->items()[index]);
    }
  }
  return *here;
}

}  // namespace

// B-11, SC-01, SC-02, SC-03, SC-04, SC-05, SC-06, SC-07: each rule bad, good and borderline, and nothing else found.
TEST(Lint, finds_what_the_table_says_and_nothing_else) {
  const json::Value table = test::data("kube/lint.json");
  ASSERT_GT(table.items().size(), 60U);
  std::set<std::string> rules;
  for (const json::Value& row : table.items()) {
    const auto findings = kube::lint(row["objects"].items(), 37, row["whole"].bool_or(true));
    EXPECT_EQ(json::to_text(told(findings)), json::to_text(row["finds"])) << row["case"].string_or_empty();
    for (const kube::LintFinding& finding : findings) {
      rules.emplace(finding.rule);
      EXPECT_FALSE(finding.message.empty() || finding.fix.empty()) << finding.rule;
    }
  }
  EXPECT_EQ(rules.size(), 41U);
}

// B-11: a patch applied in order takes its finding away.
TEST(Lint, a_ready_patch_mends_its_finding) {
  const json::Value table = test::data("kube/lint.json");
  std::set<std::string> mended;
  for (const json::Value& row : table.items()) {
    for (const kube::LintFinding& finding : kube::lint(row["objects"].items(), 37)) {
      if (finding.patch.empty()) continue;
      json::Value object = row["objects"].items()[finding.object];
      if (!object["spec"]["template"]["spec"].is_object()) continue;  // nothing can be set in it
      for (const kube::PatchStep& step : finding.patch) {
        const std::size_t dot = step.path.rfind('.');
        json::Value& holder = at(object, step.path.substr(0, dot));
        const std::string name = step.path.substr(dot + 1);
        if (!step.remove) {
          holder.set(name, step.value);
        } else if (const std::size_t open = name.find('['); open != std::string::npos) {
          json::Array items = holder[name.substr(0, open)].items();
          items.erase(items.begin() + std::stoi(name.substr(open + 1)));
          holder.set(name.substr(0, open), std::move(items));
        } else {
          holder.remove(name);
        }
      }
      for (const kube::LintFinding& left : kube::lint_object(object, 37))
        EXPECT_FALSE(left.rule == finding.rule && left.path == finding.path) << finding.rule << " " << finding.path;
      mended.emplace(finding.rule);
    }
  }
  for (const char* rule :
       {"SEC-PLACE-CTR", "SEC-PLACE-POD", "SEC-PLACE-STYLE", "SEC-CONTRADICT", "SEC-APE", "SEC-ROFS"})
    EXPECT_TRUE(mended.contains(rule)) << rule;
}

TEST(Lint, a_misplaced_field_is_moved_to_every_container_that_lacks_it) {
  const auto object = json::parse(
      R"({"kind":"Pod","spec":{"securityContext":{"readOnlyRootFilesystem":true},"initContainers":[{"name":"i"}],"containers":[{"name":"a"},{"name":"b","securityContext":{"readOnlyRootFilesystem":false}}]}})");
  ASSERT_TRUE(test::is_ok(object));
  const auto findings = kube::lint_object(*object, 37);
  ASSERT_FALSE(findings.empty());
  EXPECT_EQ(findings[0].rule, "SEC-PLACE-CTR");
  ASSERT_EQ(findings[0].patch.size(), 3U);
  EXPECT_TRUE(findings[0].patch[0].remove);
  EXPECT_EQ(findings[0].patch[1].path, "spec.initContainers[0].securityContext.readOnlyRootFilesystem");
  EXPECT_EQ(findings[0].patch[2].path, "spec.containers[0].securityContext.readOnlyRootFilesystem");
}
