#include "kube/safeguards.hpp"

#include <gtest/gtest.h>

#include "json/text.hpp"
#include "kube/quantity.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;

namespace {

json::Value object(const std::string& text) {
  auto value = json::parse(text);
  EXPECT_TRUE(test::is_ok(value)) << text;
  return value ? *value : json::Value();
}

// "rule path = what it becomes" or "rule path ! message".
std::vector<std::string> forecast(const json::Array& objects) {
  std::vector<std::string> lines;
  for (const kube::Safeguard& one : kube::aks_safeguards(objects)) {
    const bool denied = one.outcome == kube::Safeguard::Outcome::deny;
    lines.push_back(std::string(one.rule) + " " + one.path +
                    (denied ? " ! " + one.message : " = " + json::to_text(one.becomes)));
  }
  return lines;
}

using Lines = std::vector<std::string>;

json::Value pod(const std::string& resources, const std::string& image = "i:1") {
  return object(R"({"kind":"Pod","spec":{"containers":[{"name":"c","image":")" + image +
                R"(","livenessProbe":{},"readinessProbe":{},"resources":)" + resources + "}]}}");
}

}  // namespace

// B-13: what Enforce changes without a word, by the documented rules.
TEST(Safeguards, forecast_the_silent_changes_of_resources) {
  struct Row {
    const char* resources;
    Lines lines;
  };
  const std::string request = "AKS-RESOURCES spec.containers[0].resources.requests.";
  const std::string limit = "AKS-RESOURCES spec.containers[0].resources.limits.";
  for (const Row& row : {
           Row{"{}",
               {request + R"(cpu = "500m")", limit + R"(cpu = "500m")", request + R"(memory = "2048Mi")",
                limit + R"(memory = "2048Mi")"}},
           Row{R"({"requests":{"cpu":"100m","memory":"100Mi"},"limits":{"cpu":"1","memory":"1Gi"}})", {}},
           Row{R"({"requests":{"cpu":"99m","memory":"104857599"},"limits":{"cpu":"50m","memory":"1Gi"}})",
               {request + R"(cpu = "100m")", limit + R"(cpu = "100m")", request + R"(memory = "100Mi")"}},
           Row{R"({"limits":{"cpu":"1","memory":"1Gi"}})", {request + R"(cpu = "1")"}},
           Row{R"({"requests":{"cpu":"200m","memory":"128Mi"}})", {}},
           Row{R"({"requests":{"cpu":2,"memory":"2Gi"},"limits":{"cpu":1,"memory":"1Gi"}})",
               {request + "cpu = 1", request + R"(memory = "1Gi")"}},
       }) {
    EXPECT_EQ(forecast({pod(row.resources)}), row.lines) << row.resources;
  }
}

// B-13
TEST(Safeguards, forecast_denials_in_the_services_words) {
  const std::string good = R"({"requests":{"cpu":"1","memory":"1Gi"},"limits":{"cpu":"1","memory":"1Gi"}})";
  EXPECT_EQ(forecast({pod(good, "shop")}), (Lines{"AKS-LATEST spec.containers[0].image ! Please specify an explicit, "
                                                  "versioned image tag such as '1.0' for container c."}));
  json::Value bare = object(
      R"({"kind":"Pod","metadata":{"labels":{"kubernetes.azure.com/x":"y"}},"spec":{"containers":[{"name":"c","image":"i:1","resources":)" +
      good + "}]}}");
  EXPECT_EQ(forecast({bare}), (Lines{"AKS-LABEL metadata.labels['kubernetes.azure.com/x'] ! Label kubernetes.azure.com "
                                     "is reserved for AKS use only",
                                     "AKS-PROBES spec.containers[0].livenessProbe ! Container c in your Pod has no "
                                     "livenessProbe. Required probes: readinessProbe, livenessProbe"}));
  EXPECT_EQ(
      forecast({object(R"({"kind":"StorageClass","metadata":{"name":"old"},"provisioner":"kubernetes.io/azure-disk"})"),
                object(R"({"kind":"StorageClass","metadata":{"name":"new"},"provisioner":"disk.csi.azure.com"})")}),
      (Lines{
          "AKS-CSI provisioner ! Storage class old use intree provisioner kubernetes.io/azure-disk is not allowed"}));
  const auto service = object(R"({"kind":"Service","metadata":{"name":"a"},"spec":{"selector":{"a":"b"}}})");
  EXPECT_EQ(forecast({service, service}),
            (Lines{"AKS-SELECTOR spec.selector ! its selector is the same as that of Service a"}));
}

TEST(Safeguards, forecast_the_spread_that_is_added) {
  const auto deployment = [](const std::string& replicas, const std::string& labels, const std::string& spec) {
    return object(R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"},"spec":{"replicas":)" +
                  replicas + R"(,"template":{"metadata":{"labels":)" + labels + R"(},"spec":)" + spec + "}}}");
  };
  const auto added = [](const std::string& label) {
    return Lines{
        R"(AKS-SPREAD spec.template.spec.topologySpreadConstraints = [{"maxSkew":1,"whenUnsatisfiable":"ScheduleAnyway","topologyKey":"kubernetes.io/hostname","labelSelector":{"matchLabels":{)" +
        label + "}}}]"};
  };
  EXPECT_EQ(forecast({deployment("2", R"({"app":"a","app.kubernetes.io/name":"b"})", "{}")}), added(R"("app":"a")"));
  EXPECT_EQ(forecast({deployment("2", R"({"app.kubernetes.io/name":"b"})", "{}")}),
            added(R"("app.kubernetes.io/name":"b")"));
  EXPECT_EQ(forecast({deployment("2", "{}", "{}")}), added(R"("default-antiaffinity-applabel":"web")"));
  EXPECT_EQ(forecast({deployment("1", "{}", "{}")}), Lines{});
  EXPECT_EQ(forecast({deployment("2", "{}", R"({"affinity":{"podAntiAffinity":{}}})")}), Lines{});
}

TEST(Quantity, reads_what_kubernetes_writes) {
  struct Row {
    const char* text;
    std::optional<std::int64_t> milli;
  };
  for (const Row& row :
       {Row{"500m", 500}, Row{"1", 1000}, Row{"1.5", 1500}, Row{"64Mi", 67'108'864'000}, Row{"1k", 1'000'000},
        Row{"2e3", 2'000'000}, Row{"", std::nullopt}, Row{"m", std::nullopt}, Row{"-1", std::nullopt},
        Row{"1 Gi", std::nullopt}, Row{"1.2.3", std::nullopt}, Row{"99999999999999999999E", std::nullopt}}) {
    EXPECT_EQ(kube::milli_quantity(json::Value(row.text)), row.milli) << row.text;
  }
  EXPECT_EQ(kube::milli_quantity(json::Value(2)), 2000);
  EXPECT_EQ(kube::milli_quantity(json::Value()), std::nullopt);
}
