// Size intelligence: row B-06. The figures against helm's real records: tests/e2e/test_deploy_sizes.py.
#include "helm_private_deploy/sizes.hpp"

#include "base/text.hpp"
#include "helm_private_deploy/print_az.hpp"
#include "json/text.hpp"
#include "pack/deflate.hpp"
#include "unit/helm_private_deploy/plans.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using test::has_kind;
using test::is_ok;

namespace {

// Bytes that no compression makes smaller.
std::string noise(std::size_t size) {
  std::string text;
  std::uint64_t state = 88172645463325252ULL;
  while (text.size() < size) {
    state ^= state << 13U;
    state ^= state >> 7U;
    state ^= state << 17U;
    text.push_back(static_cast<char>(state));
  }
  return text;
}

helm::Chart chart_with(std::vector<pack::Entry> files) {
  helm::Chart chart;
  chart.root = "c";
  chart.name = "c";
  chart.entries = std::move(files);
  chart.entries.push_back({"Chart.yaml", "apiVersion: v2\nname: c\nversion: 0.1.0\n", false});
  return chart;
}

helm_private_deploy::Sizes sizes(std::vector<pack::Entry> files) {
  const auto made = helm_private_deploy::sizes_of(chart_with(std::move(files)), "{}\n");
  EXPECT_TRUE(is_ok(made));
  return *made;
}

}  // namespace

TEST(Sizes, name_the_ten_largest_files) {
  std::vector<pack::Entry> files;
  for (std::size_t i = 1; i <= 12; ++i) files.push_back({"f" + std::to_string(i), std::string(i * 10, 'x'), false});
  const auto found = sizes(files);
  ASSERT_EQ(found.largest.size(), 10U);
  EXPECT_EQ(found.largest.front(), (std::pair<std::string, std::uint64_t>("f12", 120)));
  EXPECT_EQ(found.files, 780U + 38U);
}

TEST(Sizes, a_record_counts_files_templates_and_crds_but_no_charts_below) {
  const std::uint64_t bare = sizes({}).record.least;
  EXPECT_GT(sizes({{"files/a", noise(30'000), false}}).record.least, bare + 40'000);
  EXPECT_GT(sizes({{"crds/a.yaml", noise(30'000), false}}).record.least, bare + 40'000);
  EXPECT_LT(sizes({{"charts/_a", noise(30'000), false}}).record.least, bare + 100);
  const auto rendered = sizes({{"templates/a.yaml", noise(30'000), false}}).record;
  EXPECT_GT(rendered.likely, rendered.least + 30'000);
}

TEST(Sizes, refuse_what_helm_can_never_keep_and_say_what_to_do) {
  const auto fits = sizes({{"files/a", noise(700'000), false}});
  EXPECT_TRUE(is_ok(helm_private_deploy::check_record(fits)));
  const auto not_so = sizes({{"files/big", noise(900'000), false}, {"files/line\nbreak", noise(5'000), false}});
  const auto refused = helm_private_deploy::check_record(not_so);
  EXPECT_TRUE(has_kind(refused, base::Outcome::refused));
  EXPECT_TRUE(base::contains(refused.error().what, "a Secret holds 1048576"));
  EXPECT_TRUE(base::contains(refused.error().cure, "files/big (900000 bytes), files/line break (5000 bytes)"));
}

TEST(Sizes, doubt_what_may_not_fit_once_it_is_rendered) {
  EXPECT_EQ(helm_private_deploy::doubt_about(sizes({{"templates/a.yaml", "a: 1\n", false}})), "");
  const auto close = sizes({{"templates/a.yaml", noise(500'000), false}});
  EXPECT_TRUE(is_ok(helm_private_deploy::check_record(close)));
  EXPECT_TRUE(base::contains(helm_private_deploy::doubt_about(close), "may grow to"));
}

// Far beyond the limit the figure is extrapolated, so that a huge chart costs no more than a large one.
TEST(Sizes, of_a_huge_chart_are_about_right) {
  const auto huge = sizes({{"files/a", noise(20'000'000), false}}).record.least;
  EXPECT_GT(huge, 26'000'000U);
  EXPECT_LT(huge, 28'000'000U);
}

TEST(GzipMeter, knows_the_size_without_keeping_anything) {
  const std::string text = noise(100'000) + std::string(100'000, 'x');
  pack::GzipMeter meter;
  meter.add(std::string_view(text).substr(0, 70'000));
  const std::uint64_t early = meter.size();
  meter.add(std::string_view(text).substr(70'000));
  EXPECT_LT(early, 71'000U);
  const std::uint64_t whole = pack::gzip(text).size();
  EXPECT_LT(meter.size(), whole + 100);
  EXPECT_GT(meter.size() + 1'000, whole);
  EXPECT_EQ(meter.taken(), text.size());
}

TEST(Plan, tells_the_sizes_before_anything_is_sent) {
  fake::FakeSys world;
  const auto plan = test::plan_of(world);
  const std::string text = helm_private_deploy::text_of(plan);
  for (const char* part : {"sizes       files 88 bytes, packed ", "  context   ",
                           "(our agent's share: ", "of at most 1048576\n", "  largest   "})
    EXPECT_TRUE(base::contains(text, part)) << part << text;
  const json::Value data = helm_private_deploy::json_of(plan)["sizes"];
  EXPECT_GT(data["context"].int_or(0), data["package"].int_or(0) + 100'000);
  EXPECT_GT(data["contextBase64"].int_or(0), data["agentsBase64"].int_or(0));
  EXPECT_EQ(data["largest"].items().size(), 3U);
}

TEST(PrintAz, writes_the_files_and_prints_the_call) {
  fake::FakeSys world;
  world.env.values["RUNNER_TEMP"] = "/tmp";
  world.files.put_directory("/tmp");
  const auto plan = test::plan_of(world, {{"resource-group", "it's $(rg)"}});
  sys::Sys sys = world.sys();
  const auto printed = helm_private_deploy::print_az(sys, plan);
  ASSERT_TRUE(is_ok(printed));
  const std::string folder = printed->data["folder"].string_or_empty();
  const std::string& text = printed->text;
  EXPECT_TRUE(
      text.starts_with("az aks command invoke --subscription 'sub' --resource-group 'it'\\''s $(rg)' --name "
                       "'aks-dev' --command 'case $(uname -m) in "))
      << text;
  for (const char* name : {"job.json", "chart.tgz", "values.json", "agent-amd64", "agent-arm64"}) {
    const std::string file = folder + "/" + name;
    EXPECT_TRUE(base::contains(text, " --file '" + file + "'")) << name;
    EXPECT_TRUE(world.files.content(file).has_value()) << name;
  }
  EXPECT_EQ(world.files.content(folder + "/chart.tgz"), plan.package);
  EXPECT_EQ(world.files.mode(folder + "/values.json"), 0600U);
  EXPECT_TRUE(has_kind(helm_private_deploy::print_az(sys, test::plan_of(world, {{"transport", "local"}})),
                       base::Outcome::usage));
}
