// The planted-fault corpus: each rule speaks at the marked lines of its cases and nowhere else.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "base/text.hpp"
#include "json/text.hpp"
#include "unit/verify/called.hpp"
#include "verify/catalogue.hpp"

using namespace sentimark;

namespace {

using Places = std::set<std::pair<std::int64_t, std::string>>;  // line and verdict

struct Case {
  std::string rule;
  std::string name;
  std::string text;
};

std::vector<Case> cases_of(const std::string& family) {
  std::ifstream stream(std::string(SENTIMARK_TEST_DATA) + "/verify/" + family + ".txt");
  const std::string all{std::istreambuf_iterator<char>(stream), {}};
  std::vector<Case> cases;
  for (const std::string& line : base::split(all, '\n')) {
    if (line.starts_with("=== ")) {
      const std::vector<std::string> words = base::split(line, ' ');
      cases.push_back({words.at(1), words.at(2), {}});
    } else if (!cases.empty()) {
      cases.back().text += line + "\n";
    }
  }
  return cases;
}

Places marked(const std::string& text) {
  Places places;
  std::int64_t number = 0;
  for (const std::string& line : base::split(text, '\n')) {
    ++number;
    const std::size_t at = line.find("#!");
    if (at != std::string::npos) places.emplace(number, line.find("warn", at) == std::string::npos ? "fail" : "warn");
  }
  return places;
}

Places told(const Case& one) {
  fake::FakeSys world;
  world.files.put("/f.yaml", one.text);
  const auto called = test::call(world, {"manifests", "--format", "jsonl", "/f.yaml"});
  EXPECT_TRUE(called.exit_code == 0 || called.exit_code == 7) << one.rule << " " << one.name << called.log;
  Places places;
  for (const std::string& line : base::lines_of(called.out)) {
    const auto finding = json::parse(line);
    EXPECT_TRUE(finding) << line;
    if (finding && (*finding)["rule"].string_or_empty() == one.rule)
      places.emplace((*finding)["line"].int_or(-1), (*finding)["verdict"].string_or_empty());
  }
  return places;
}

std::string text_of(const Places& places) {
  std::string text;
  for (const auto& [line, verdict] : places) text += std::to_string(line) + " " + verdict + ", ";
  return text;
}

}  // namespace

// B-10, SC-08, SC-10: bad, good and borderline, each finding at the line where it was planted.
TEST(VerifyCorpus, each_rule_speaks_at_the_planted_lines_and_nowhere_else) {
  std::map<std::string, std::set<std::string>> seen;
  for (const char* family : {"security", "reliability", "references", "platform", "yaml"}) {
    for (const Case& one : cases_of(family)) {
      EXPECT_EQ(text_of(told(one)), text_of(marked(one.text))) << one.rule << " " << one.name << "\n" << one.text;
      EXPECT_EQ(one.name == "bad" && marked(one.text).empty(), false) << one.rule << " has no planted fault";
      EXPECT_EQ(one.name == "good" && !marked(one.text).empty(), false) << one.rule << " is not good";
      seen[one.rule].insert(one.name);
    }
  }
  for (const verify::RuleRow& row : verify::catalogue()) {
    const std::string id(row.id);
    const bool ours = base::contains(id, "-") && id != "pod-security";  // Pod Security has a judge of its own
    // Bytes that a file of cases cannot show are planted in manifests_test.cpp.
    const bool bytes =
        id == "YAML-TAB" || id == "YAML-BOM" || id == "YAML-CRLF" || id == "YAML-EOF" || id == "POLICY-STALE";
    EXPECT_EQ(seen[id].size(), ours && !bytes ? 3U : 0U) << id;
  }
}
