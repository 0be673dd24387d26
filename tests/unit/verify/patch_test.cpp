#include "verify/patch.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "unit/verify/called.hpp"

using namespace sentimark;
using kube::PatchStep;

namespace {

std::string edited(const std::string& text, const std::vector<PatchStep>& steps, std::size_t place = 0) {
  std::string result;
  for (const verify::EditedLine& line : verify::edited_lines(text, place, steps)) result += line.text + "\n";
  return result;
}

constexpr std::string_view k_pod =
    "kind: A\n---\nkind: Pod # two\nspec:\n  securityContext:\n    privileged: true\n    # why\n    fsGroup: 1\n"
    "  containers:\n  - name: a\n    args:\n    - x\n    image: i\n";

}  // namespace

// B-11
TEST(VerifyPatch, takes_out_puts_in_and_replaces_whole_lines) {
  const std::string pod(k_pod);
  EXPECT_EQ(edited(pod, {{true, "spec.securityContext.privileged", {}}}, 1),
            base::replace_all(pod, "    privileged: true\n", ""));
  EXPECT_EQ(edited(pod, {{true, "spec.containers[0].args", {}}}, 1),
            base::replace_all(pod, "    args:\n    - x\n", ""));
  EXPECT_EQ(
      edited(pod,
             {{false, "spec.containers[0].securityContext.privileged", true},
              {false, "spec.containers[0].securityContext.procMount", "Default"}},
             1),
      base::replace_all(pod, "  - name: a\n",
                        "  - name: a\n    securityContext:\n      privileged: true\n      procMount: \"Default\"\n"));
  EXPECT_EQ(edited(pod, {{false, "spec.securityContext.fsGroup", 2}}, 1),
            base::replace_all(pod, "fsGroup: 1", "fsGroup: 2"));
}

TEST(VerifyPatch, gives_nothing_where_lines_are_not_enough) {
  EXPECT_EQ(edited("kind: Pod\nspec: {securityContext: {privileged: true}}\n",
                   {{true, "spec.securityContext.privileged", {}}}),
            "");
  EXPECT_EQ(edited(std::string(k_pod), {{true, "spec.containers[0].name", {}}}, 1), "");  // the dash is on its line
  EXPECT_EQ(edited(std::string(k_pod), {{false, "spec.none[3].x", 1}}, 1), "");
  EXPECT_EQ(edited(std::string(k_pod), {{false, "spec.x", 1}}, 7), "");
}

TEST(VerifyPatch, the_diff_has_hunks_with_three_lines_around) {
  std::vector<std::string> before;
  for (int i = 1; i <= 20; ++i) before.push_back("l" + std::to_string(i));
  std::vector<verify::EditedLine> after;
  for (std::size_t i = 1; i <= 20; ++i) {
    if (i != 2) after.push_back({before[i - 1], i});
    if (i == 19) after.push_back({"new", 0});
  }
  EXPECT_EQ(
      verify::unified_diff("f", before, after),
      "--- f\n+++ f\n@@ -1,5 +1,4 @@\n l1\n-l2\n l3\n l4\n l5\n@@ -17,4 +16,5 @@\n l17\n l18\n l19\n+new\n l20\n");
  after = {};
  for (std::size_t i = 1; i <= 20; ++i) after.push_back({before[i - 1], i});
  EXPECT_EQ(verify::unified_diff("f", before, after), "");
}

// B-11: what the patch leaves behind has nothing in the wrong place any more.
TEST(VerifyPatch, a_patched_file_breaks_no_placement_rule) {
  fake::FakeSys world;
  const std::string text =
      "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  securityContext:\n    readOnlyRootFilesystem: true\n"
      "    fsGroup: 10001\n  containers:\n  - name: a\n    image: r.io/x:1\n    securityContext:\n      sysctls: []\n  "
      "    runAsUser: 10001\n";
  world.files.put("/p.yaml", text);
  EXPECT_EQ(test::call(world, {"manifests", "/p.yaml", "--patch-file", "/p.diff"}).exit_code, 7);
  const std::string diff = world.files.content("/p.diff").value_or("");
  std::string patched;
  for (const std::string& line : base::lines_of(diff)) {
    if (line[0] == ' ' || (line[0] == '+' && !line.starts_with("+++"))) patched += line.substr(1) + "\n";
  }
  // All lines of so short a file stand in the hunk, but for the first ones.
  world.files.put("/p.yaml", "apiVersion: v1\nkind: Pod\n" + patched);
  const auto told = test::call(world, {"manifests", "/p.yaml"});
  EXPECT_EQ(told.exit_code, 0) << diff << told.out;
}
