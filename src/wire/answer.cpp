#include "wire/answer.hpp"

#include <algorithm>
#include <array>

namespace sentimark::wire {
namespace {

constexpr std::array<std::string_view, 11> k_verdicts{"healthy",     "progressing", "running",         "doomed",
                                                      "helm-failed", "rolled-back", "rollback-failed", "uninstalled",
                                                      "interrupted", "left",        "refused"};

constexpr std::int64_t k_longest_wait = 3'600'000;

base::Millis span_in(const json::Value& value) {
  return base::Millis{std::clamp<std::int64_t>(value.int_or(0), 0, k_longest_wait)};
}

}  // namespace

std::string_view word_of(Verdict verdict) { return k_verdicts[static_cast<std::size_t>(verdict)]; }

json::Value to_json(const Answer& answer) {
  json::Value value = json::Value::object();
  value.set("verdict", word_of(answer.verdict));
  value.set("kind", answer.kind);
  value.set("cause", answer.cause);
  value.set("cure", answer.cure);
  value.set("operation", answer.operation);
  value.set("try", answer.attempt);
  value.set("earlierTry", answer.earlier_try);
  value.set("order", answer.order);
  value.set("caller", answer.caller);
  value.set("job", answer.job_sha256);
  value.set("unchanged", answer.unchanged);
  value.set("revision", answer.revision);
  value.set("goodRevision", answer.good_revision);
  value.set("waitedMs", std::int64_t{answer.waited.count()});
  value.set("lookedMs", std::int64_t{answer.looked.count()});
  value.set("gatheredMs", std::int64_t{answer.gathered.count()});
  value.set("helmVersion", answer.helm_version);
  value.set("helmExit", answer.helm_exit);
  value.set("helmOutput", answer.helm_output);
  value.set("architecture", answer.architecture);
  value.set("pod", answer.pod);
  if (!answer.details.is_null()) value.set("details", answer.details);
  value.set("runUrl", answer.run_url);
  json::Value objects = json::Value::array();
  for (const ObjectLine& line : answer.objects) {
    json::Value row = json::Value::object();
    row.set("kind", line.kind);
    row.set("name", line.name);
    row.set("status", line.status);
    row.set("reason", line.reason);
    row.set("message", line.message);
    objects.push(std::move(row));
  }
  value.set("objects", std::move(objects));
  json::Value evidence = json::Value::array();
  for (const Evidence& piece : answer.evidence) evidence.push(json::Object{{"name", piece.name}, {"text", piece.text}});
  value.set("evidence", std::move(evidence));
  return value;
}

base::Result<Answer> answer_from_json(const json::Value& value) {
  const auto verdict = std::find(k_verdicts.begin(), k_verdicts.end(), value["verdict"].string_or_empty());
  if (verdict == k_verdicts.end()) {
    return base::fail(base::Outcome::unknown,
                      "the answer's verdict is not known: '" + value["verdict"].string_or_empty() + "'",
                      "use two halves of one version");
  }
  Answer answer;
  answer.verdict = static_cast<Verdict>(verdict - k_verdicts.begin());
  answer.kind = value["kind"].string_or_empty();
  answer.cause = value["cause"].string_or_empty();
  answer.cure = value["cure"].string_or_empty();
  answer.operation = value["operation"].string_or_empty();
  answer.attempt = value["try"].int_or(0);
  answer.earlier_try = value["earlierTry"].int_or(0);
  answer.order = order_in(value["order"]);
  answer.caller = value["caller"].string_or_empty();
  answer.job_sha256 = value["job"].string_or_empty();
  answer.unchanged = value["unchanged"].bool_or(false);
  answer.revision = value["revision"].int_or(0);
  answer.good_revision = value["goodRevision"].int_or(0);
  answer.waited = span_in(value["waitedMs"]);
  answer.looked = span_in(value["lookedMs"]);
  answer.gathered = span_in(value["gatheredMs"]);
  answer.helm_version = value["helmVersion"].string_or_empty();
  answer.helm_exit = value["helmExit"].int_or(-1);
  answer.helm_output = value["helmOutput"].string_or_empty();
  answer.architecture = value["architecture"].string_or_empty();
  answer.pod = value["pod"].string_or_empty();
  answer.details = value["details"];
  answer.run_url = value["runUrl"].string_or_empty();
  for (const json::Value& row : value["objects"].items()) {
    answer.objects.push_back({row["kind"].string_or_empty(), row["name"].string_or_empty(),
                              row["status"].string_or_empty(), row["reason"].string_or_empty(),
                              row["message"].string_or_empty()});
  }
  for (const json::Value& piece : value["evidence"].items())
    answer.evidence.push_back({piece["name"].string_or_empty(), piece["text"].string_or_empty()});
  return answer;
}

}  // namespace sentimark::wire
