// The rules of single kinds, for health.cpp's table. Each is asked after the gates that every kind passes.
#pragma once
#include <string>

#include "kube/doom.hpp"
#include "kube/health.hpp"
#include "kube/scene.hpp"

namespace sentimark::kube {

using Rule = ObjectHealth (*)(const json::Value&, const Scene&);

ObjectHealth deployment_health(const json::Value& object, const Scene& scene);
ObjectHealth stateful_set_health(const json::Value& object, const Scene& scene);
ObjectHealth daemon_set_health(const json::Value& object, const Scene& scene);
ObjectHealth replica_set_health(const json::Value& object, const Scene& scene);
ObjectHealth pod_health(const json::Value& pod, const Scene& scene);
ObjectHealth job_health(const json::Value& job, const Scene& scene);
ObjectHealth cron_job_health(const json::Value& job, const Scene& scene);
ObjectHealth service_health(const json::Value& service, const Scene& scene);
ObjectHealth ingress_health(const json::Value& ingress, const Scene& scene);
ObjectHealth route_health(const json::Value& route, const Scene& scene);
ObjectHealth gateway_health(const json::Value& gateway, const Scene& scene);
ObjectHealth claim_health(const json::Value& claim, const Scene& scene);
ObjectHealth autoscaler_health(const json::Value& autoscaler, const Scene& scene);
ObjectHealth budget_health(const json::Value& budget, const Scene& scene);
ObjectHealth definition_health(const json::Value& definition, const Scene& scene);
ObjectHealth api_service_health(const json::Value& service, const Scene& scene);
ObjectHealth namespace_health(const json::Value& space, const Scene& scene);
ObjectHealth other_health(const json::Value& object, const Scene& scene);

ObjectHealth current(const json::Value& object, std::string message = {});
ObjectHealth in_progress(const json::Value& object, std::string reason, std::string message);
ObjectHealth suspended(const json::Value& object, std::string message);
ObjectHealth failed(const json::Value& object, std::string reason, std::string message, std::string cure);
ObjectHealth failed(const json::Value& object, Doom doom);
// By the signature that fits "reason: message"; the message itself where none does.
ObjectHealth failed_by(const json::Value& object, const std::string& reason, const std::string& message);

// "has" of "wants" in one phrase, for messages.
std::string of(std::int64_t has, std::int64_t wants);

}  // namespace sentimark::kube
