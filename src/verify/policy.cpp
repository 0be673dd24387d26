#include "verify/policy.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "digest/sha256.hpp"
#include "helm/glob.hpp"
#include "json/text.hpp"
#include "verify/catalogue.hpp"

namespace sentimark::verify {
namespace {

using base::Outcome;

base::Error bad(const std::string& file, yaml::Mark mark, const std::string& what, const std::string& cure) {
  return base::fail(Outcome::config,
                    file + ":" + std::to_string(mark.line) + ":" + std::to_string(mark.column) + ": " + what, cure);
}

bool is_date(const std::string& text) { return text.size() == 10 && base::from_rfc3339(text + "T00:00:00Z").ok(); }

bool knows_rule(const std::string& pattern) {
  const auto rules = catalogue();
  return std::any_of(rules.begin(), rules.end(),
                     [&](const RuleRow& row) { return helm::glob_matches(pattern, row.id).value_or(false); });
}

base::Result<Policy::Ignore> parse_ignore(const json::Value& entry, const std::string& file, yaml::Mark mark) {
  Policy::Ignore ignore;
  ignore.line = mark.line;
  const std::vector<std::pair<std::string_view, std::string*>> fields{
      {"rule", &ignore.rule},  {"kind", &ignore.kind},
      {"name", &ignore.name},  {"namespace", &ignore.namespace_name},
      {"path", &ignore.path},  {"reason", &ignore.reason},
      {"until", &ignore.until}};
  for (const json::Member& member : entry.members()) {
    const auto field =
        std::find_if(fields.begin(), fields.end(), [&](const auto& one) { return one.first == member.first; });
    if (field == fields.end())
      return bad(file, mark, "an entry of ignore has no field " + base::shorten(member.first, 80),
                 "use rule, kind, name, namespace, path, reason and until");
    if (!member.second.is_string()) return bad(file, mark, member.first + " must be a string", "put it in quotes");
    *field->second = member.second.string_or_empty();
  }
  if (!knows_rule(ignore.rule))
    return bad(file, mark, "there is no rule " + base::shorten(ignore.rule, 80), "docs/verify.md lists all rules");
  if (base::trim(ignore.reason).empty())
    return bad(file, mark, "an entry of ignore gives no reason", "write why it is right as it is");
  if (!ignore.until.empty() && !is_date(ignore.until))
    return bad(file, mark, "until is no day", "write for example \"2027-01-31\"");
  return ignore;
}

bool fits(const std::string& pattern, const std::string& text) {
  return pattern.empty() || pattern == text || helm::glob_matches(pattern, text).value_or(false);
}

bool fits(const Policy::Ignore& ignore, const Finding& finding) {
  return fits(ignore.rule, finding.rule) && fits(ignore.kind, finding.ref.kind) &&
         fits(ignore.name, finding.ref.name) && fits(ignore.namespace_name, finding.ref.namespace_name) &&
         fits(ignore.path, finding.path);
}

void accept(Finding& finding, const std::string& reason) {
  if (finding.verdict == Verdict::pass) return;
  finding.verdict = Verdict::accepted;
  finding.reason = reason;
}

Finding of_policy(const Policy& policy, const Policy::Ignore& ignore, const std::string& message) {
  Finding finding;
  finding.rule = "POLICY-STALE";
  finding.level = "warning";
  finding.verdict = Verdict::warn;
  finding.file = policy.file;
  finding.mark = {ignore.line, 1};
  finding.message = message;
  finding.fix = "remove the entry";
  return finding;
}

void apply_annotations(const Objects& objects, std::vector<Finding>& findings) {
  std::vector<Finding> without_reason;
  for (Finding& finding : findings) {
    if (finding.object == Finding::k_no_object) continue;
    const json::Value& reason =
        objects.values[finding.object]["metadata"]["annotations"][std::string(k_ignore_annotation) + finding.rule];
    if (reason.is_null()) continue;
    if (!base::trim(reason.string_or_empty()).empty()) {
      accept(finding, reason.string_or_empty());
    } else {
      finding.message += " (its annotation to ignore this gives no reason)";
    }
  }
}

}  // namespace

base::Result<Policy> parse_policy(const std::string& text, const std::string& file) {
  SENTIMARK_LET(documents, yaml::read_stream(text, file, {.bytes = std::size_t{1} << 20U}, yaml::Reading::values));
  Policy policy;
  policy.file = file;
  if (documents.empty()) return policy;
  const yaml::Document& document = documents.front();
  const auto mark = [&](const std::string& path) { return yaml::mark_of(document.value, document.marks, path); };
  for (const json::Member& member : document.value.members()) {
    if (member.first == "ignore" && member.second.is_array()) {
      for (std::size_t i = 0; i < member.second.items().size(); ++i) {
        SENTIMARK_LET(ignore, parse_ignore(member.second.items()[i], file, mark("ignore[" + std::to_string(i) + "]")));
        policy.ignores.push_back(std::move(ignore));
      }
    } else if (member.first == "levels" && member.second.is_object()) {
      for (const json::Member& level : member.second.members()) {
        const std::string& word = level.second.string_or_empty();
        if (!knows_rule(level.first) || (word != "fail" && word != "warn"))
          return bad(file, mark("levels." + level.first), "levels gives a rule the word fail or warn",
                     "to silence a rule write an entry of ignore, with a reason");
        policy.levels[level.first] = word == "fail" ? Verdict::fail : Verdict::warn;
      }
    } else {
      return bad(file, mark(member.first), "a policy has no " + base::shorten(member.first, 80) + " of this form",
                 "use the list ignore and the map levels");
    }
  }
  return policy;
}

void apply_policy(const Policy& policy, const Objects& objects, base::WallTime now, std::vector<Finding>& findings) {
  for (Finding& finding : findings) {
    const auto level = policy.levels.find(finding.rule);
    if (level == policy.levels.end() || finding.verdict == Verdict::pass) continue;
    finding.verdict = level->second;
    if (finding.level == "error" || finding.level == "warning")
      finding.level = level->second == Verdict::fail ? "error" : "warning";
  }
  apply_annotations(objects, findings);
  const std::string today = base::to_rfc3339(now).substr(0, 10);
  std::vector<Finding> stale;
  for (const Policy::Ignore& ignore : policy.ignores) {
    const bool over = !ignore.until.empty() && ignore.until < today;
    bool used = false;
    for (Finding& finding : findings) {
      if (finding.verdict == Verdict::pass || !fits(ignore, finding)) continue;
      used = true;
      if (!over) accept(finding, ignore.reason);
    }
    if (over) {
      stale.push_back(of_policy(policy, ignore, "ignoring " + ignore.rule + " ended on " + ignore.until));
    } else if (!used) {
      stale.push_back(of_policy(policy, ignore, "nothing breaks " + ignore.rule + " any more where it is ignored"));
    }
  }
  findings.insert(findings.end(), stale.begin(), stale.end());
}

std::string fingerprint_of(const Finding& finding) {
  std::string text;
  for (const std::string& part :
       {finding.rule, finding.ref.kind, finding.ref.namespace_name, finding.ref.name,
        finding.ref.kind.empty() ? finding.file : std::string(), finding.path, finding.message}) {
    text += part;
    text.push_back('\0');
  }
  return digest::sha256_hex(text).substr(0, 32);
}

std::string baseline_of(const std::vector<Finding>& findings) {
  json::Value known = json::Value::array();
  for (const Finding& finding : findings) {
    if (finding.verdict != Verdict::fail && finding.verdict != Verdict::warn) continue;
    known.push(json::Object{{"fingerprint", fingerprint_of(finding)},
                            {"rule", finding.rule},
                            {"object", finding.ref.text()},
                            {"path", finding.path}});
  }
  return json::to_pretty_text(json::Object{{"version", 1}, {"findings", std::move(known)}}) + "\n";
}

base::Done apply_baseline(const std::string& text, const std::string& file, std::vector<Finding>& findings) {
  auto parsed = json::parse(text, {.bytes = std::size_t{64} << 20U});
  if (!parsed) return std::move(parsed).error().within("reading the baseline " + file);
  if (parsed->get("version").int_or(0) != 1 || !parsed->get("findings").is_array())
    return base::fail(Outcome::config, file + " is no baseline of version 1", "write a new one by write-baseline");
  std::set<std::string> known;
  for (const json::Value& one : parsed->get("findings").items()) known.insert(one["fingerprint"].string_or_empty());
  for (Finding& finding : findings) {
    const bool open = finding.verdict == Verdict::fail || finding.verdict == Verdict::warn;
    if (open && known.contains(fingerprint_of(finding))) accept(finding, "known in the baseline " + file);
  }
  return {};
}

}  // namespace sentimark::verify
