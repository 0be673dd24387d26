#include "helm/ignore.hpp"

#include "base/text.hpp"

namespace sentimark::helm {
namespace {

// The class that begins after '['; moves `pattern` behind its ']'. False for no match or a malformed class.
bool match_class(std::string_view& pattern, char c) {
  bool negated = false;
  bool matched = false;
  if (!pattern.empty() && pattern.front() == '^') {
    negated = true;
    pattern.remove_prefix(1);
  }
  bool first = true;
  while (!pattern.empty() && (first || pattern.front() != ']')) {
    first = false;
    const auto take = [&] {
      if (pattern.front() == '\\' && pattern.size() > 1) pattern.remove_prefix(1);
      const char taken = pattern.front();
      pattern.remove_prefix(1);
      return taken;
    };
    const char low = take();
    char high = low;
    if (pattern.size() > 1 && pattern[0] == '-' && pattern[1] != ']') {
      pattern.remove_prefix(1);
      high = take();
    }
    matched = matched || (low <= c && c <= high);
  }
  if (pattern.empty()) return false;
  pattern.remove_prefix(1);
  return matched != negated;
}

}  // namespace

bool matches(std::string_view pattern, std::string_view name) {
  while (!pattern.empty()) {
    const char want = pattern.front();
    if (want == '*') {
      while (!pattern.empty() && pattern.front() == '*') pattern.remove_prefix(1);
      for (std::size_t skip = 0;; ++skip) {
        if (matches(pattern, name.substr(skip))) return true;
        if (skip == name.size() || name[skip] == '/') return false;
      }
    }
    if (name.empty()) return false;
    pattern.remove_prefix(1);
    if (want == '?') {
      if (name.front() == '/') return false;
    } else if (want == '[') {
      if (name.front() == '/' || !match_class(pattern, name.front())) return false;
    } else {
      char literal = want;
      if (want == '\\' && !pattern.empty()) {
        literal = pattern.front();
        pattern.remove_prefix(1);
      }
      if (literal != name.front()) return false;
    }
    name.remove_prefix(1);
  }
  return name.empty();
}

base::Result<Ignore> Ignore::parse(std::string_view text) {
  Ignore ignore;
  for (const std::string& raw : base::lines_of(text)) {
    std::string line(base::trim(raw));
    if (line.empty() || line.front() == '#') continue;
    if (base::contains(line, "**"))
      return base::fail(base::Outcome::config, ".helmignore: '**' is not supported by Helm: " + line, "use '*'");
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
    const bool hit = matches(rule.pattern, rule.anchored ? path : name);
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
