// What stands behind a Service, an Ingress or a claim.
#include <gtest/gtest.h>

#include "json/text.hpp"
#include "kube/health.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using kube::Health;

namespace {

json::Value object(const std::string& text) {
  auto value = json::parse(text);
  EXPECT_TRUE(test::is_ok(value)) << text;
  return value ? *value : json::Value();
}

json::Value event(const std::string& about, const std::string& reason, const std::string& message,
                  const std::string& at, int count = 1) {
  return object(R"({"kind":"Event","involvedObject":{"uid":")" + about + R"("},"reason":")" + reason +
                R"(","message":")" + message + R"(","firstTimestamp":")" + at + R"(","lastTimestamp":")" + at +
                R"(","count":)" + std::to_string(count) + "}");
}

base::WallTime at(const std::string& time) { return *base::from_rfc3339("2026-01-01T" + time + "Z"); }

}  // namespace

TEST(ServiceHealth, wants_a_ready_pod_behind_each_port) {
  const auto service = object(
      R"({"kind":"Service","metadata":{"name":"app","namespace":"n"},"spec":{"clusterIP":"10.0.0.1","selector":{"a":"b"},"ports":[{"name":"http"},{"name":"admin"}]}})");
  const auto slice = [](const std::string& name, const std::string& ready, const std::string& port) {
    return object(R"({"kind":"EndpointSlice","metadata":{"namespace":"n","labels":{"kubernetes.io/service-name":")" +
                  name + R"("}},"ports":[{"name":")" + port + R"("}],"endpoints":[{"conditions":)" + ready + "}]}");
  };
  kube::Snapshot snapshot;
  EXPECT_EQ(kube::health_of(service, snapshot).health, Health::in_progress);
  snapshot.endpoints_known = false;
  EXPECT_EQ(kube::health_of(service, snapshot).health, Health::current) << "what is not known is no failure";
  snapshot.endpoints_known = true;
  snapshot.endpoint_slices = {slice("other", R"({"ready":true})", "http"), slice("app", R"({"ready":false})", "http")};
  EXPECT_EQ(kube::health_of(service, snapshot).health, Health::in_progress);
  snapshot.endpoint_slices.push_back(slice("app", "{}", "http"));
  EXPECT_EQ(kube::health_of(service, snapshot).message, "no ready pod stands behind the service's port admin");
  snapshot.endpoint_slices.push_back(slice("app", "{}", "admin"));
  EXPECT_EQ(kube::health_of(service, snapshot).health, Health::current);
}

TEST(ServiceHealth, fails_when_its_selector_fits_nothing_of_the_release) {
  const auto service = object(
      R"({"kind":"Service","metadata":{"name":"app","namespace":"n"},"spec":{"clusterIP":"10.0.0.1","selector":{"a":"b"}}})");
  const auto workload = [](const std::string& label, int replicas) {
    return object(R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"namespace":"n"},"spec":{"replicas":)" +
                  std::to_string(replicas) + R"(,"template":{"metadata":{"labels":{"a":")" + label +
                  R"("}},"spec":{}}}})");
  };
  kube::Snapshot snapshot;
  snapshot.objects = {service, workload("c", 1)};
  EXPECT_EQ(kube::health_of(service, snapshot).reason, "SelectorMatchesNothing");
  snapshot.objects.push_back(object(R"({"apiVersion":"example.org/v1","kind":"Cluster"})"));
  EXPECT_EQ(kube::health_of(service, snapshot).health, Health::in_progress) << "an operator may yet make the pods";
  snapshot.objects = {service, workload("b", 1)};
  EXPECT_EQ(kube::health_of(service, snapshot).health, Health::in_progress);
  snapshot.objects = {service, workload("b", 0)};
  EXPECT_EQ(kube::health_of(service, snapshot).health, Health::current);
  EXPECT_FALSE(kube::health_of(service, snapshot).warning.empty());
}

TEST(IngressHealth, misses_back_ends_only_where_all_are_known) {
  const auto ingress = object(
      R"({"kind":"Ingress","metadata":{"name":"i","namespace":"n"},"spec":{"rules":[{"http":{"paths":[{"backend":{"service":{"name":"web"}}}]}}],"tls":[{"secretName":"tls"}]},"status":{"loadBalancer":{"ingress":[{"ip":"1.2.3.4"}]}}})");
  kube::Snapshot snapshot;
  EXPECT_EQ(kube::health_of(ingress, snapshot).health, Health::current);
  snapshot.services.emplace();
  EXPECT_EQ(kube::health_of(ingress, snapshot).reason, "BackendMissing");
  snapshot.services->push_back("n/web");
  EXPECT_EQ(kube::health_of(ingress, snapshot).health, Health::current);
  snapshot.secrets.emplace();
  EXPECT_EQ(kube::health_of(ingress, snapshot).reason, "SecretMissing");
}

TEST(ClaimHealth, waits_for_its_first_consumer_without_holding_up) {
  const auto claim = object(
      R"({"kind":"PersistentVolumeClaim","metadata":{"name":"data","namespace":"n","uid":"c"},"status":{"phase":"Pending"}})");
  kube::Snapshot snapshot;
  EXPECT_EQ(kube::health_of(claim, snapshot).health, Health::current);
  snapshot.pods = {
      object(R"({"metadata":{"namespace":"n"},"spec":{"volumes":[{"persistentVolumeClaim":{"claimName":"data"}}]}})")};
  EXPECT_EQ(kube::health_of(claim, snapshot).health, Health::in_progress);
  snapshot.now = at("12:00:00");
  snapshot.events = {
      event("c", "ProvisioningFailed", "storageclass.storage.k8s.io \\\"fast\\\" not found", "2026-01-01T11:00:00Z")};
  EXPECT_EQ(kube::health_of(claim, snapshot).signature, "storage-class-missing");
}
