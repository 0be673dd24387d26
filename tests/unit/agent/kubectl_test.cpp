// The live objects of a release whose chart names namespaces of its own.
#include "agent/kubectl.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "fake/sys.hpp"
#include "json/text.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using test::has_kind;
using test::is_ok;

namespace {

using Objects = std::vector<std::pair<std::string, std::string>>;  // name and namespace

// What `kubectl patch --local` makes of a manifest: one document behind the other.
std::string written(const Objects& objects) {
  std::string text;
  for (const auto& [name, space] : objects) {
    const std::string stated = space.empty() ? "" : R"(,"namespace":")" + space + "\"";
    text += "{\n\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name + "\"" + stated +
            "},\"data\":{\"a\":\"b\"}\n}\n";
  }
  return text;
}

struct Lookup {
  fake::FakeSys world;
  std::vector<std::string> asked;  // "namespace: what came in"

  explicit Lookup(const Objects& objects) {
    world.processes.when({"kubectl", "patch", "--local"}, fake::Script::prints_and_ends(written(objects)));
    world.processes.when({"kubectl", "get", "-f"}, [this](const sys::Command& command) {
      asked.push_back(command.argv[5] + ": " + command.input);
      const auto given = json::parse(command.input);
      if (!given) return fake::Script::prints_and_ends(R"({"kind":"ConfigMap"})");
      if (command.argv[5] == "gone")
        return fake::Script::fails("Error from server (NotFound): configmaps \"c\" not found\n");
      return fake::Script::prints_and_ends(command.input);
    });
  }
  base::Result<agent::Kubectl::Found> find(const std::string& manifest) {
    sys::Sys sys = world.sys();
    agent::Children children(sys);
    return agent::Kubectl(children, "kubectl").find(manifest, "shop");
  }
};

}  // namespace

TEST(Kubectl, finds_objects_in_each_namespace_that_the_manifest_names) {
  Lookup lookup(Objects{{"a", ""}, {"b", "east"}, {"c", "gone"}, {"d", "shop"}});
  const auto found = lookup.find("kind: ConfigMap\nmetadata:\n  name: b\n  namespace: east\n");
  ASSERT_TRUE(is_ok(found));
  EXPECT_EQ(found->namespaces, (std::vector<std::string>{"shop", "east", "gone"}));
  EXPECT_EQ(found->missing, std::vector<std::string>{"configmaps \"c\" not found"});
  EXPECT_EQ(found->objects.size(), 3U);
  ASSERT_EQ(lookup.asked.size(), 3U);
  for (const std::string& one : lookup.asked) EXPECT_FALSE(base::contains(one, "namespace\"")) << one;
  EXPECT_TRUE(base::contains(lookup.asked[0], "east: ") && base::contains(lookup.asked[0], "\"b\""));
  EXPECT_TRUE(base::contains(lookup.asked[2], "\"a\"") && base::contains(lookup.asked[2], "\"d\""));
}

// A second program for each look is paid for only where it is needed.
TEST(Kubectl, asks_once_where_the_release_is_in_one_namespace) {
  for (const char* manifest :
       {"kind: A\n", "kind: A\nmetadata: {namespace: shop}\n", "kind: A\nmetadata:\n  namespace: \"shop\"\n",
        "kind: A\n---\n{\"kind\": \"B\", \"metadata\": {\"namespace\" : \"shop\"}}",
        "kind: A\nspec:\n  namespaceSelector: east\n", "kind: A\n# of a namespace\nnamespace:\n"}) {
    Lookup lookup(Objects{});
    ASSERT_TRUE(is_ok(lookup.find(manifest))) << manifest;
    EXPECT_EQ(lookup.world.processes.count({"kubectl", "patch"}), 0U) << manifest;
    EXPECT_EQ(lookup.asked, std::vector<std::string>{"shop: " + std::string(manifest)});
  }
  for (const char* manifest : {"kind: A\nmetadata: {name: a, namespace: east}\n", "kind: A\n  namespace: 'east' # x\n",
                               "kind: A\n---\n{\"kind\":\"B\",\"metadata\":{\"namespace\":\"east\"}}"}) {
    Lookup lookup(Objects{{"a", "east"}});
    ASSERT_TRUE(is_ok(lookup.find(manifest))) << manifest;
    EXPECT_EQ(lookup.world.processes.count({"kubectl", "patch"}), 1U) << manifest;
  }
}

TEST(Kubectl, looks_at_no_more_than_twenty_namespaces) {
  Objects objects;
  for (int i = 0; i < 20; ++i) objects.emplace_back("a", "n" + std::to_string(i));
  Lookup lookup(objects);
  const auto found = lookup.find("kind: A\nmetadata: {namespace: n1}\n");
  ASSERT_TRUE(has_kind(found, base::Outcome::refused));
  EXPECT_EQ(found.error().code, "namespaces");
  EXPECT_TRUE(lookup.asked.empty());
}
