#include "helm/ignore.hpp"

#include "base/text.hpp"
#include "helm/glob.hpp"

namespace sentimark::helm {
namespace {

base::Error refused(std::size_t line, const std::string& what) {
  return base::fail(base::Outcome::config, ".helmignore:" + std::to_string(line) + ": " + what, "correct the pattern");
}

}  // namespace

base::Result<Ignore> Ignore::parse(std::string_view text) {
  Ignore ignore;
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  if (text.starts_with(mark)) text.remove_prefix(mark.size());
  std::size_t number = 0;
  for (const std::string& raw : base::lines_of(text)) {
    ++number;
    std::string line(base::trim(raw));
    if (line.empty() || line.front() == '#') continue;
    if (base::contains(line, "**")) return refused(number, "Helm does not know '**': " + base::shorten(line, 200));
    if (!glob_matches(line, "abc")) return refused(number, "malformed pattern: " + base::shorten(line, 200));
    Rule rule;
    if (line.front() == '!') {
      rule.negated = true;
      line.erase(0, 1);
    }
    if (!line.empty() && line.back() == '/') {
      rule.directories_only = true;
      line.pop_back();
    }
    if (!line.empty() && line.front() == '/') {
      rule.anchored = true;
      line.erase(0, 1);
    }
    rule.anchored = rule.anchored || base::contains(line, "/");
    rule.pattern = line;
    ignore.rules_.push_back(std::move(rule));
  }
  // Helm's own default: hidden files in templates/ are never templates.
  ignore.rules_.push_back({"templates/.?*", false, false, true});
  return ignore;
}

// As Helm's pkg/ignore does it: the first rule that decides wins, and a negated rule ignores whatever it does not
// match.
bool Ignore::ignores(const std::string& path, bool is_directory) const {
  const std::size_t slash = path.rfind('/');
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  for (const Rule& rule : rules_) {
    // Without its '!' or '/' a pattern may be another: malformed, it matches nothing.
    const bool hit = glob_matches(rule.pattern, rule.anchored ? path : name).value_or(false);
    if (rule.negated) {
      if (rule.directories_only && !is_directory) return true;
      if (!hit) return true;
      continue;
    }
    if (rule.directories_only && !is_directory) continue;
    if (hit) return true;
  }
  return false;
}

}  // namespace sentimark::helm
