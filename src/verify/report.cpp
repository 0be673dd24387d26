#include "verify/report.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "json/text.hpp"
#include "verify/report_order.hpp"

namespace sentimark::verify {
namespace {

constexpr std::size_t k_annotations = 9;  // of the runner's ten; the last one is the verdict

std::string place_of(const Finding& finding) {
  std::string text = finding.file;
  if (finding.mark.line > 0)
    text += ":" + std::to_string(finding.mark.line) + ":" + std::to_string(finding.mark.column);
  return text;
}

// One line of JSON lines, member by member: a tree for each of ten thousand findings takes longer than judging them.
class Row {
 public:
  explicit Row(std::string& text) : text_(text) {}
  void add(std::string_view name, std::string_view value) {
    begin(name);
    const auto is_plain = [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; };
    if (std::all_of(value.begin(), value.end(), is_plain)) {
      text_.append(1, '"').append(value).append(1, '"');
    } else {
      text_ += json::to_text(value);
    }
  }
  void add(std::string_view name, std::int64_t value) {
    begin(name);
    text_ += std::to_string(value);
  }
  void end() { text_ += "}\n"; }

 private:
  void begin(std::string_view name) {
    text_.append(1, before_).append(1, '"').append(name).append("\":");
    before_ = ',';
  }
  std::string& text_;
  char before_ = '{';
};

constexpr std::size_t k_row_bytes = 512;  // more than most take: memory that is not written costs nothing

// The members of a finding's JSON form, texts and numbers, in their order.
template <typename Tell>
void tell_fields(const Finding& finding, Tell tell) {
  const auto text = [&](std::string_view name, std::string_view value) { tell(name, value); };
  const auto number = [&](std::string_view name, std::uint32_t value) { tell(name, std::int64_t{value}); };
  text("rule", finding.rule);
  text("level", finding.level);
  text("verdict", word_of(finding.verdict));
  text("kind", finding.ref.kind);
  text("name", finding.ref.name);
  text("namespace", finding.ref.namespace_name);
  text("path", finding.path);
  text("file", finding.file);
  if (finding.mark.line > 0) {
    number("line", finding.mark.line);
    number("column", finding.mark.column);
  } else {
    text("line", "unknown");
  }
  text("message", finding.message);
  text("fix", finding.fix);
  if (!finding.reason.empty()) text("reason", finding.reason);
  if (finding.value_key.empty()) return;
  text("valuesFile", finding.value_file);
  text("valuesKey", finding.value_key);
  if (finding.value_line > 0) number("valuesLine", finding.value_line);
}

std::string who(const Finding& finding) { return finding.ref.kind.empty() ? "" : finding.ref.text() + ": "; }

}  // namespace

std::vector<const Finding*> worst_first(const std::vector<Finding>& findings) {
  std::vector<const Finding*> order;
  for (const Finding& finding : findings) order.push_back(&finding);
  const auto rank = [](const Finding* one) {
    switch (one->verdict) {
      case Verdict::fail:
        return 0;
      case Verdict::open:
        return 1;
      case Verdict::warn:
        return 2;
      case Verdict::accepted:
        return 3;
      default:
        return 4;
    }
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](const Finding* left, const Finding* right) { return rank(left) < rank(right); });
  return order;
}

std::string headline_of(const Judged& judged) {
  const Counts counts = count(judged.findings);
  std::set<std::size_t> failing;
  for (const Finding& finding : judged.findings) {
    if (finding.verdict == Verdict::fail && finding.object != Finding::k_no_object) failing.insert(finding.object);
  }
  std::string text = counts.fail > 0
                         ? std::to_string(failing.size()) + " of " + std::to_string(judged.objects) + " objects fail"
                         : "all " + std::to_string(judged.objects) + " objects pass";
  if (counts.fail > 0 && failing.empty()) text = "the text fails";
  text += ": " + std::to_string(counts.fail) + (counts.fail == 1 ? " failure, " : " failures, ") +
          std::to_string(counts.warn) + (counts.warn == 1 ? " warning" : " warnings");
  if (counts.accepted > 0) text += ", " + std::to_string(counts.accepted) + " accepted";
  return text;
}

json::Value json_of(const Finding& finding) {
  json::Object row;
  tell_fields(finding, [&](std::string_view name, auto value) { row.emplace_back(std::string(name), value); });
  return row;
}

std::string json_lines_of(const Judged& judged) {
  std::string text;
  text.reserve(judged.findings.size() * k_row_bytes);
  for (const Finding& finding : judged.findings) {
    Row row(text);
    tell_fields(finding, [&](std::string_view name, auto value) { row.add(name, value); });
    row.end();
  }
  return text;
}

std::string line_of(const Finding& finding) {
  const std::string place = place_of(finding);
  std::string line = (place.empty() ? "" : place + ": ") + std::string(word_of(finding.verdict)) + " " + finding.rule +
                     " " + who(finding) + finding.message;
  if (!finding.path.empty()) line += " [" + finding.path + "]";
  if (!finding.value_key.empty()) line += " (set by " + finding.value_file + ": " + finding.value_key + ")";
  if (!finding.reason.empty()) {
    line += "; accepted: " + finding.reason;
  } else if (!finding.fix.empty()) {
    line += "; " + finding.fix;
  }
  return base::one_line(line);
}

std::string text_of(const Judged& judged) {
  std::string text;
  for (const Finding* finding : worst_first(judged.findings)) {
    if (finding->verdict != Verdict::pass) text += line_of(*finding) + "\n";
  }
  return text + headline_of(judged) + "\n";
}

void annotate(sys::Log& log, const Judged& judged) {
  for (const auto& [verdict, level] :
       {std::pair{Verdict::fail, sys::Level::error}, std::pair{Verdict::warn, sys::Level::warning}}) {
    std::size_t told = 0;
    std::size_t more = 0;
    for (const Finding& finding : judged.findings) {
      if (finding.verdict != verdict) continue;
      if (++told > k_annotations - 1) {
        ++more;
        continue;
      }
      log.point(level,
                {finding.file, static_cast<std::uint32_t>(finding.mark.line),
                 static_cast<std::uint32_t>(finding.mark.column)},
                finding.rule + ": " + who(finding) + finding.message + "; " + finding.fix);
    }
    if (more > 0)
      log.say(level,
              "and " + std::to_string(more) + " more of this kind: the summary and the SARIF file have them all");
  }
}

}  // namespace sentimark::verify
