// Ignore: the rules of a .helmignore file (helm.sh/docs/chart_template_guide/helm_ignore_file).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace sentimark::helm {

class Ignore {
 public:
  // Error: config with the line, for a pattern that Helm refuses: "**" or a malformed one.
  static base::Result<Ignore> parse(std::string_view text);

  // `path` is relative to the chart, with '/' between parts.
  bool ignores(const std::string& path, bool is_directory) const;

 private:
  struct Rule {
    std::string pattern;
    bool negated = false;
    bool directories_only = false;
    bool anchored = false;  // has a '/', so it is matched against the whole path
  };
  std::vector<Rule> rules_;
};

}  // namespace sentimark::helm
