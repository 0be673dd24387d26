// VersionRange: what a chart says about the versions of a dependency, by the rules of Helm's library
// (github.com/Masterminds/semver v3, "Checking Version Constraints").
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sentimark::helm {

struct Version {
  std::array<std::uint64_t, 3> numbers{};  // major, minor, patch
  std::string prerelease;                  // behind '-'; what stands behind '+' never counts
};

// "1.2.3-rc.1+x", also with a leading v and without minor and patch. Nothing for anything else.
std::optional<Version> parse_version(std::string_view text);

class VersionRange {
 public:
  // "^1.2", "~1.2.3", ">= 1.0, < 2.0 || 3.x", "1.2 - 1.4", "*". Nothing for a text that is no range.
  static std::optional<VersionRange> parse(std::string_view text);

  bool admits(const Version& version) const;

 private:
  enum class Sign { same, other, above, below, least, most, tilde, caret };
  struct Bound {
    Sign sign = Sign::same;
    Version version;
    std::size_t given = 3;  // how many of its numbers are stated: 0 for "*"
  };
  using Group = std::vector<Bound>;  // all must hold
  static bool holds(const Bound& bound, const Version& version);
  static bool take(std::string_view& text, Bound& bound);
  static std::optional<Group> group(std::string_view text);
  std::vector<Group> groups_;  // one must hold
};

}  // namespace sentimark::helm
