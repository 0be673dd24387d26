// What a chart is taken from: rows DP-05 (dependency check, lint errors reported).
#include "helm/chart.hpp"

#include <gtest/gtest.h>

#include "fake/files.hpp"
#include "helm/glob.hpp"
#include "helm/ignore.hpp"
#include "helm/package.hpp"
#include "helm/version_range.hpp"
#include "pack/deflate.hpp"
#include "pack/tar.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using test::has_kind;
using test::is_ok;

namespace {

constexpr const char* k_meta = "apiVersion: v2\nname: small\nversion: 0.1.0\n";

std::string names(const base::Result<helm::Chart>& chart) {
  if (!chart) return chart.error().code + ": " + chart.error().what;
  std::string text;
  for (const pack::Entry& entry : chart->entries) text += (text.empty() ? "" : " ") + entry.path;
  return text;
}

std::string tgz(const std::vector<pack::Entry>& entries) { return pack::gzip(pack::tar(entries).value()); }

}  // namespace

TEST(Chart, takes_what_the_ignore_file_leaves) {
  fake::FakeFiles files;
  files.put("c/Chart.yaml", k_meta);
  files.put("c/.helmignore", "*.tmp\nskip/\n");
  files.put("c/a.tmp", "x");
  files.put("c/skip/b", "x");
  files.put("c/templates/.hidden", "x");
  files.put("c/it's \"one\"\n.txt", "x");
  EXPECT_EQ(names(helm::load_chart(files, "c/")), ".helmignore Chart.yaml it's \"one\"\n.txt");
}

TEST(Chart, follows_links_inside_and_refuses_those_that_lead_out) {
  fake::FakeFiles files;
  files.put("c/Chart.yaml", k_meta);
  files.put("c/real/a", "x");
  files.put_link("c/one", "real/a");
  files.put_link("c/many", "real");
  EXPECT_EQ(names(helm::load_chart(files, "c")), "Chart.yaml many/a one real/a");
  files.put("secret", "x");
  files.put_link("c/out", "../secret");
  EXPECT_EQ(names(helm::load_chart(files, "c")), "link: c/out is a link that leads out of the chart");
  files.put_link("c/out", "gone");
  EXPECT_EQ(names(helm::load_chart(files, "c")), "link: c/out is a link that leads nowhere");
  files.put("c/.helmignore", "out\n");
  EXPECT_TRUE(is_ok(helm::load_chart(files, "c")));
  files.put_link("c/real/back", "..");
  EXPECT_EQ(names(helm::load_chart(files, "c")), "link: c/many/back is a link that leads out of the chart");
}

TEST(Chart, comes_out_of_an_archive_with_its_digest) {
  fake::FakeFiles files;
  const std::string bytes = tgz({{"small/Chart.yaml", k_meta, false}, {"small/a", "x", true}});
  files.put("s.tgz", bytes);
  const auto chart = helm::load_chart(files, "s.tgz");
  EXPECT_EQ(names(chart), "Chart.yaml a");
  EXPECT_EQ(chart->archive_sha256.size(), 64U);
  // The same chart is the same package, however it came.
  files.put("c/Chart.yaml", k_meta);
  files.put("c/a", "x");
  EXPECT_EQ(helm::package(*chart)->sha256, helm::package(*helm::load_chart(files, "c"))->sha256);
}

TEST(Chart, is_refused_where_helm_would_refuse_it_or_never_install_it) {
  fake::FakeFiles files;
  EXPECT_EQ(names(helm::load_chart(files, "c")), "no-chart: there is no chart at c: nothing stands there");
  files.put("c/values.yaml", "");
  EXPECT_EQ(names(helm::load_chart(files, "c")), "no-chart: there is no chart at c: it has no Chart.yaml");
  for (const auto& [text, word] : std::map<std::string, std::string>{
           {"name: a\nversion: 0.1.0\n", ": c/Chart.yaml: apiVersion is needed"},
           {"apiVersion: v2\nname: a\n", ": c/Chart.yaml: name and version are needed, as strings"},
           {"apiVersion: v2\nname: a/b\nversion: 0.1.0\n", ": c/Chart.yaml: the name 'a/b' is no file name"},
           {"apiVersion: v2\nname: a\nversion: one\n", ": c/Chart.yaml: version 'one' is no semantic version"},
           {"apiVersion: v2\nname: a\nversion: 0.1.0\ntype: library\n",
            ": c/Chart.yaml: a library chart cannot be deployed"},
           {"apiVersion: v2\nname: a\nversion: 0.1.0\nname: b\n", ": c/Chart.yaml:4:1: the key 'name' stands twice"}}) {
    files.put("c/Chart.yaml", text);
    EXPECT_EQ(names(helm::load_chart(files, "c")), word);
  }
}

TEST(Chart, holds_dependencies_against_lock_and_folder) {
  fake::FakeFiles files;
  files.put("c/Chart.yaml", std::string(k_meta) + "dependencies: [{name: sub, version: ^1.2.0}]\n");
  EXPECT_EQ(names(helm::load_chart(files, "c")),
            "dependency: c/Chart.yaml: dependency sub (^1.2.0) is not in c/charts");
  files.put("c/charts/sub/Chart.yaml", "apiVersion: v2\nname: sub\nversion: 1.1.0\n");
  EXPECT_EQ(names(helm::load_chart(files, "c")),
            "dependency: c/Chart.yaml: dependency sub (^1.2.0) stands in charts/sub as version 1.1.0, and Helm would "
            "deploy it without a word");
  files.put("c/charts/sub/Chart.yaml", "apiVersion: v2\nname: sub\nversion: 1.3.0\n");
  EXPECT_TRUE(is_ok(helm::load_chart(files, "c")));
  files.put("c/Chart.lock", "dependencies: [{name: sub, version: 1.2.5}]\n");
  const auto refused = helm::load_chart(files, "c");
  EXPECT_EQ(names(refused), "dependency: c/Chart.lock fixes sub at 1.2.5, but charts/sub is version 1.3.0");
  EXPECT_EQ(refused.error().cure, "run 'helm dependency build c' before deploying");
  files.put("c/Chart.lock", "dependencies: []\n");
  EXPECT_EQ(helm::load_chart(files, "c").error().cure, "run 'helm dependency update c' before deploying");
  files.put("c/Chart.yaml", "apiVersion: v1\nname: small\nversion: 0.1.0\n");
  EXPECT_TRUE(is_ok(helm::load_chart(files, "c")));
  files.put("c/requirements.yaml", "dependencies: [{name: other, version: '*'}]\n");
  EXPECT_EQ(names(helm::load_chart(files, "c")),
            "dependency: c/requirements.yaml: dependency other (*) is not in c/charts");
}

TEST(Glob, is_go_s) {
  EXPECT_TRUE(helm::glob_matches("a*b*c", "axxbyyc").value());
  EXPECT_FALSE(helm::glob_matches("*", "a/b").value());
  EXPECT_TRUE(helm::glob_matches("?", "é").value());
  EXPECT_TRUE(helm::glob_matches("[à-ü]", "é").value());
  EXPECT_TRUE(helm::glob_matches("a[^x]b", "a/b").value());
  EXPECT_TRUE(helm::glob_matches("\\*", "*").value());
  for (const char* malformed : {"[", "[]", "a[", "[a", "[a-]", "\\", "x[^]"})
    EXPECT_FALSE(helm::glob_matches(malformed, "zzz").has_value()) << malformed;
  // No pattern makes it slow.
  std::string stars;
  for (int i = 0; i < 1'000; ++i) stars += "*a";
  EXPECT_FALSE(helm::glob_matches(stars + "b", std::string(10'000, 'a')).value());
}

TEST(VersionRange, reads_what_helm_reads) {
  const auto fits = [](const char* range, const char* version) {
    const auto parsed = helm::VersionRange::parse(range);
    return parsed && parsed->admits(*helm::parse_version(version));
  };
  EXPECT_TRUE(fits("^1.2", "1.9.0"));
  EXPECT_FALSE(fits("^0.2.3", "0.3.0"));
  EXPECT_TRUE(fits("1.2 - 1.4", "1.4.7"));
  EXPECT_TRUE(fits(">=1.0, <2.0 || 3.x", "3.1.0"));
  EXPECT_FALSE(fits("^1.2", "1.3.0-rc.1"));
  EXPECT_TRUE(fits("^1.2-0", "1.3.0-rc.1"));
  for (const char* malformed : {"one", "1.2.3.4", "^", ">>1", "1,,2", "||1"})
    EXPECT_FALSE(helm::VersionRange::parse(malformed).has_value()) << malformed;
}
