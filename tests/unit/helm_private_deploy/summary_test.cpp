#include "helm_private_deploy/summary.hpp"

#include "base/text.hpp"
#include "unit/helm_private_deploy/plans.hpp"

using namespace sentimark;
using base::Millis;
using base::Outcome;
using helm_private_deploy::Plan;
using helm_private_deploy::Report;
using helm_private_deploy::summary_of;

namespace {

// A plan whose digests a golden text can name.
Plan a_plan() {
  Plan plan;
  plan.inputs = test::inputs_of().value();
  plan.chart_name = "service";
  plan.chart_version = "1.2.3";
  plan.app_version = "7";
  plan.package_sha256 = "11aa";
  plan.values_sha256 = "22bb";
  plan.operation = "33cc";
  return plan;
}

Report a_report() {
  Report report;
  report.last.revision = 4;
  report.last.helm_version = "v3.21.2";
  report.last.helm_exit = 0;
  report.last.helm_output = "Release \"prices\" has been upgraded.";
  report.last.objects = {{"Deployment", "prices", "Current", "", ""},
                         {"Service", "prices", "Current", "", "2 endpoints"}};
  report.took = Millis{12'300};
  report.costs = {2, 4'096};
  report.spent.transfer = Millis{400};
  report.spent.upgrade = Millis{7'000};
  report.spent.verify = Millis{4'000};
  return report;
}

constexpr const char* k_facts = R"(
| | |
|---|---|
| release | <code>prices</code> in namespace <code>shop</code> |
| cluster | <code>rg-dev/aks-dev</code> |
| chart | <code>service 1.2.3</code>, app <code>7</code> |
| package | <code>sha256:11aa</code> |
| values | <code>sha256:22bb</code> |
| operation | <code>33cc</code> |
)";

// B-07: what each part was allowed stands beside what it used.
constexpr const char* k_time = R"(
### Time

| part | used | allowed |
|---|---|---|
| transfer | 400 ms | 10 min 0 s |
| upgrade | 7.0 s | 10 min 0 s |
| verify | 4.0 s | what upgrade leaves |
| diagnose | - | 1 min 0 s |
| rollback | - | 10 min 0 s |
| in all | 12.3 s | no deadline |
)";

}  // namespace

TEST(Summary, of_a_success) {
  EXPECT_EQ(summary_of(a_plan(), a_report()), "## ✅ prices is healthy at revision 4\n" + std::string(k_facts) +
                                                  R"(| took | 12.3 s, 2 calls, 4096 bytes sent |
| helm | <code>v3.21.2</code> |

| object | status | what it says |
|---|---|---|
| <code>Deployment prices</code> | Current |  |
| <code>Service prices</code> | Current | 2 endpoints |

<details><summary>what helm said (exit code 0)</summary>

```text
Release "prices" has been upgraded.
```

</details>
)" + std::string(k_time));
}

TEST(Summary, of_a_failure_names_cause_and_cure_first) {
  Report report = a_report();
  report.outcome = Outcome::rolled_back;
  report.cause = "image not found";
  report.cure = "correct the tag";
  report.failed.objects = {{"Deployment", "prices", "Failed", "ImagePullBackOff", "not found"}};
  report.failed.helm_output = "hook output";
  report.failed.helm_exit = 1;
  EXPECT_EQ(summary_of(a_plan(), report),
            "## ↩️ prices failed and was rolled back: revision 4 is verified\n\n"
            "**Cause.** image not found\n\n**Cure.** correct the tag\n" +
                std::string(k_facts) +
                R"(| took | 12.3 s, 2 calls, 4096 bytes sent |
| helm | <code>v3.21.2</code> |

### When it failed

| object | status | what it says |
|---|---|---|
| <code>Deployment prices</code> | Failed | not found |

<details><summary>what helm said (exit code 1)</summary>

```text
hook output
```

</details>

### Now

| object | status | what it says |
|---|---|---|
| <code>Deployment prices</code> | Current |  |
| <code>Service prices</code> | Current | 2 endpoints |
)" + std::string(k_time));
}

TEST(Summary, of_an_error_says_what_it_means) {
  const std::string text =
      summary_of(a_plan(), base::fail(Outcome::auth, "AuthorizationFailed", "give the role").within("starting"));
  EXPECT_EQ(text,
            "## ❌ prices: an identity, permission or federated credential is wrong\n\n"
            "**Cause.** AuthorizationFailed (while starting)\n\n**Cure.** give the role\n" +
                std::string(k_facts));
}

TEST(Summary, has_a_headline_for_every_end) {
  const std::pair<Outcome, const char*> rows[] = {
      {Outcome::ok, "## ✅ prices is healthy at revision 4\n"},
      {Outcome::rolled_back, "## ↩️ prices failed and was rolled back: revision 4 is verified\n"},
      {Outcome::uninstalled, "## ↩️ prices failed at its first install and was removed\n"},
      {Outcome::kept, "## ❌ prices failed and was kept as it is at revision 4\n"},
      {Outcome::rollback_failed, "## ❌ prices failed, and so did going back\n"},
  };
  for (const auto& [outcome, headline] : rows) {
    Report report = a_report();
    report.outcome = outcome;
    EXPECT_EQ(summary_of(a_plan(), report).rfind(headline, 0), 0U) << headline;
  }
  Report unchanged = a_report();
  unchanged.last.unchanged = true;
  EXPECT_EQ(summary_of(a_plan(), unchanged).rfind("## ✅ prices is unchanged and healthy at revision 4\n", 0), 0U);
}

// What a cluster, a chart or helm says is read by people with rights on the repository: it must not format, link or
// close what holds it.
TEST(Summary, gives_hostile_text_no_say) {
  const std::string hostile =
      "x | <script>alert(1)</script> [a](https://evil.example) ![i](//e) `c` **b** @octocat\n# h\n```\n";
  Plan plan = a_plan();
  plan.chart_name = plan.chart_version = plan.app_version = hostile;
  plan.inputs.cluster.name = hostile;
  Report report = a_report();
  report.outcome = Outcome::rolled_back;
  report.cause = report.cure = hostile;
  report.last.helm_version = report.failed.helm_output = hostile;
  report.last.objects = report.failed.objects = {{hostile, hostile, hostile, hostile, hostile}};
  const std::string text = summary_of(plan, report);
  // Only helm's words stand as they are, inside a fence that is longer than any of theirs.
  const std::size_t from = text.find("````text\n");
  const std::size_t to = text.find("````\n", from + 9);
  ASSERT_NE(to, std::string::npos) << text;
  const std::string outside = text.substr(0, from) + text.substr(to);
  for (const char* part : {"<script", "[a]", "https://", "**b**", "@octocat", "\n# h", " `c`", "![i]"})
    EXPECT_EQ(outside.find(part), std::string::npos) << part << "\n" << text;
  // Every table row still has as many cells as its head.
  for (const std::string& line : base::lines_of(outside)) {
    if (line.rfind("| <code>", 0) != 0) continue;
    const std::string cells = base::replace_all(line, "\\|", "");
    EXPECT_EQ(std::count(cells.begin(), cells.end(), '|'), 4) << line;
  }
}

TEST(Summary, is_short_on_a_terminal) {
  Report report = a_report();
  EXPECT_EQ(helm_private_deploy::text_of(a_plan(), report),
            "prices is healthy at revision 4\n"
            "  Deployment prices  Current\n"
            "  Service prices  Current  2 endpoints\n"
            "took   12.3 s, 2 calls\n");
  report.outcome = Outcome::kept;
  report.cause = "image not found";
  report.cure = "correct the tag";
  EXPECT_EQ(helm_private_deploy::text_of(a_plan(), report)
                .rfind("prices failed and was kept as it is at revision 4\n"
                       "cause  image not found\ncure   correct the tag\n",
                       0),
            0U);
}
