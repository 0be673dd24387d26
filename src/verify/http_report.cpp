#include "verify/http_report.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "base/time.hpp"
#include "json/text.hpp"
#include "runner/markdown.hpp"
#include "verify/xml.hpp"

namespace sentimark::verify {
namespace {

using hurl::EntryResult;
using hurl::FileResult;
using Check = hurl::Finding;
using Files = std::span<const FileResult>;

constexpr std::size_t k_told = 300;  // of a value

std::string place_of(const FileResult& file, const Check& finding) {
  return file.file + ":" + std::to_string(finding.place.line) + ":" + std::to_string(finding.place.column);
}

std::string_view word_of_file(const FileResult& file) {
  return !file.passed() ? "fail" : (file.insecure ? "warn" : "pass");
}

std::size_t count_failed(Files files) {
  return static_cast<std::size_t>(
      std::count_if(files.begin(), files.end(), [](const FileResult& file) { return !file.passed(); }));
}

std::size_t calls_of(const FileResult& file) {
  std::size_t calls = 0;
  for (const EntryResult& entry : file.entries) calls += static_cast<std::size_t>(entry.calls);
  return calls;
}

// Every check that failed, with the entry it belongs to.
template <typename Use>
void each_failure(const FileResult& file, Use&& use) {
  for (const EntryResult& entry : file.entries) {
    for (const Check& finding : entry.findings) {
      if (!finding.passed) use(entry, finding);
    }
  }
}

std::string count_of(std::size_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
}

json::Value to_json(const Check& finding) {
  json::Object check{{"line", static_cast<std::int64_t>(finding.place.line)},
                     {"column", static_cast<std::int64_t>(finding.place.column)},
                     {"assert", finding.assertion},
                     {"verdict", finding.passed ? "pass" : "fail"},
                     {"actual", finding.actual}};
  if (!finding.expected.empty()) check.emplace_back("expected", finding.expected);
  return check;
}

std::string seconds(base::Millis span) {
  const std::string millis = std::to_string(span.count() % 1000);
  return std::to_string(span.count() / 1000) + "." + std::string(3 - millis.size(), '0') + millis;
}

std::string failures_of(const FileResult& file) {
  std::string text;
  each_failure(file, [&](const EntryResult&, const Check& finding) {
    text += place_of(file, finding) + ": " + sentence_of(finding) + "\n";
  });
  return text;
}

}  // namespace

std::size_t failures_in(Files files) {
  std::size_t count = 0;
  for (const FileResult& file : files) each_failure(file, [&](const EntryResult&, const Check&) { ++count; });
  return count;
}

std::size_t warnings_in(Files files) {
  return static_cast<std::size_t>(std::count_if(
      files.begin(), files.end(), [](const FileResult& file) { return file.insecure || !file.warnings.empty(); }));
}

HttpVerdict verdict_of(Files files) {
  if (count_failed(files) > 0) return HttpVerdict::fail;
  const bool insecure = std::any_of(files.begin(), files.end(), [](const FileResult& file) { return file.insecure; });
  return insecure ? HttpVerdict::warn : HttpVerdict::pass;
}

std::string_view word_of(HttpVerdict verdict) {
  return verdict == HttpVerdict::pass ? "pass" : (verdict == HttpVerdict::warn ? "warn" : "fail");
}

void redact(std::vector<FileResult>& files, const sys::Secrets& secrets) {
  const auto clean = [&secrets](std::string& text, std::size_t most) {
    text = base::shorten(base::to_valid_utf8(secrets.redact(text)), most);
  };
  for (FileResult& file : files) {
    for (std::string& warning : file.warnings) clean(warning, k_told);
    for (EntryResult& entry : file.entries) {
      clean(entry.request, k_told);
      for (Check& finding : entry.findings) {
        clean(finding.assertion, k_told);
        clean(finding.actual, 2 * k_told);
        clean(finding.expected, k_told);
      }
    }
  }
}

std::string sentence_of(const Check& finding) {
  if (finding.expected.empty()) return finding.assertion + ": " + finding.actual;
  return finding.assertion + ": actual " + finding.actual + ", expected " + finding.expected;
}

std::string reason_of(Files files) {
  const std::size_t failed = count_failed(files);
  for (const FileResult& file : files) {
    if (file.passed()) continue;
    std::string first;
    each_failure(file, [&](const EntryResult&, const Check& finding) {
      if (first.empty()) first = place_of(file, finding) + ": " + sentence_of(finding);
    });
    return std::to_string(failed) + " of " + count_of(files.size(), "file") + " failed; " + base::shorten(first, 600);
  }
  return {};
}

std::string to_text(Files files) {
  std::string text;
  for (const FileResult& file : files) {
    text += std::string(word_of_file(file)) + "  " + file.file + "  " + count_of(calls_of(file), "request") + ", " +
            base::human_duration(file.duration) + "\n";
    for (const std::string& line : base::lines_of(failures_of(file))) text += "      " + line + "\n";
    if (file.passed() && file.insecure) text += "      certificates were not looked at: option insecure\n";
  }
  return text + "verdict: " + std::string(word_of(verdict_of(files))) + "\n";
}

json::Value to_json(Files files) {
  json::Array all;
  for (const FileResult& file : files) {
    json::Array entries;
    for (const EntryResult& entry : file.entries) {
      json::Array checks;
      for (const Check& finding : entry.findings) checks.push_back(to_json(finding));
      json::Object told{{"line", static_cast<std::int64_t>(entry.place.line)},
                        {"request", entry.request},
                        {"verdict", entry.passed() ? "pass" : "fail"},
                        {"status", entry.status},
                        {"calls", entry.calls},
                        {"duration_ms", static_cast<std::int64_t>(entry.duration.count())},
                        {"asserts", std::move(checks)}};
      if (!entry.code.empty()) told.emplace_back("code", entry.code);
      entries.push_back(std::move(told));
    }
    json::Object told{{"file", file.file},
                      {"verdict", word_of_file(file)},
                      {"duration_ms", static_cast<std::int64_t>(file.duration.count())},
                      {"entries", std::move(entries)}};
    all.push_back(std::move(told));
  }
  return json::Object{{"verdict", word_of(verdict_of(files))}, {"files", std::move(all)}};
}

std::string to_json_lines(Files files) {
  std::string lines;
  for (const FileResult& file : files) {
    for (const EntryResult& entry : file.entries) {
      for (const Check& finding : entry.findings) {
        json::Value line = json::Object{{"file", file.file}};
        const json::Value check = to_json(finding);
        for (const auto& [name, value] : check.members()) line.set(name, value);
        line.set("request", entry.request);
        if (!entry.code.empty()) line.set("code", entry.code);
        lines += json::to_text(line) + "\n";
      }
    }
  }
  const json::Value last = json::Object{{"verdict", word_of(verdict_of(files))},
                                        {"files", static_cast<std::int64_t>(files.size())},
                                        {"failed", static_cast<std::int64_t>(count_failed(files))}};
  return lines + json::to_text(last) + "\n";
}

// A check that did not hold is a failure; what kept a check from being made is an error.
JunitSuite suite_of(Files files) {
  JunitSuite suite{"verify http", files.size()};
  base::Millis whole{0};
  for (const FileResult& file : files) {
    whole += file.duration;
    suite.cases += "    <testcase id=\"" + xml_escaped(file.file) + "\" name=\"" + xml_escaped(file.file) +
                   "\" time=\"" + seconds(file.duration) + "\"";
    if (file.passed()) {
      suite.cases += "/>\n";
      continue;
    }
    const bool error = !file.entries.back().code.empty();
    ++(error ? suite.errors : suite.failures);
    const std::string_view element = error ? "error" : "failure";
    suite.cases += ">\n      <" + std::string(element) + " message=\"" +
                   xml_escaped(base::lines_of(failures_of(file))[0]) + "\">" + xml_escaped(failures_of(file)) + "</" +
                   std::string(element) + ">\n    </testcase>\n";
  }
  suite.more = " time=\"" + seconds(whole) + "\"";
  return suite;
}

std::string to_tap(Files files) {
  std::string text = "TAP version 13\n1.." + std::to_string(files.size()) + "\n";
  std::size_t number = 0;
  for (const FileResult& file : files) {
    // A # would begin a directive.
    const std::string name = base::replace_all(file.file, "#", "\\#");
    text += (file.passed() ? "ok " : "not ok ") + std::to_string(++number) + " - " + name + "\n";
    for (const std::string& line : base::lines_of(failures_of(file))) text += "# " + line + "\n";
  }
  return text;
}

std::string to_markdown(Files files) {
  constexpr std::size_t most_rows = 500;
  constexpr std::size_t most_failures = 200;
  const HttpVerdict verdict = verdict_of(files);
  const std::string_view icon = verdict == HttpVerdict::fail ? "❌" : verdict == HttpVerdict::warn ? "⚠️" : "✅";
  std::string text = "## " + std::string(icon) + " HTTP checks: " + std::string(word_of(verdict)) + "\n\n";
  const std::size_t failed = count_failed(files);
  text += failed == 0 ? count_of(files.size(), "file") + ", all good.\n\n"
                      : std::to_string(failed) + " of " + count_of(files.size(), "file") + " failed.\n\n";
  std::size_t told = 0;
  for (const FileResult& file : files) {
    each_failure(file, [&](const EntryResult& entry, const Check& finding) {
      if (told++ >= most_failures) return;
      text += "- " + runner::markdown_code(place_of(file, finding)) + " " + runner::markdown_code(entry.request) +
              ": " + runner::markdown_text(sentence_of(finding)) + "\n";
    });
  }
  if (told > most_failures) text += "- and " + std::to_string(told - most_failures) + " more\n";
  if (verdict == HttpVerdict::warn) text += "Some certificates were not looked at (option insecure).\n";
  std::string table = "| file | verdict | requests | time |\n| --- | --- | --- | --- |\n";
  std::size_t rows = 0;
  for (const FileResult& file : files) {
    if (rows++ >= most_rows) break;
    table += "| " + runner::markdown_code(file.file) + " | " + std::string(word_of_file(file)) + " | " +
             std::to_string(calls_of(file)) + " | " + base::human_duration(file.duration) + " |\n";
  }
  if (files.size() > most_rows) table += "\nand " + std::to_string(files.size() - most_rows) + " more files\n";
  return text + "\n" + runner::markdown_fold("All files", table);
}

std::vector<runner::Remark> remarks_of(Files files) {
  std::vector<runner::Remark> remarks;
  for (const FileResult& file : files) {
    each_failure(file, [&](const EntryResult&, const Check& finding) {
      remarks.push_back(
          {sys::Level::error, {file.file, finding.place.line, finding.place.column}, sentence_of(finding)});
    });
    if (file.passed() && file.insecure)
      remarks.push_back({sys::Level::warning, {file.file, 0, 0}, "certificates were not looked at (option insecure)"});
    for (const std::string& warning : file.warnings)
      remarks.push_back({sys::Level::warning, {file.file, 0, 0}, warning});
  }
  return remarks;
}

}  // namespace sentimark::verify
