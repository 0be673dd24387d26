// A ready patch for findings that say how they are mended: lines of a file taken out and put in, as a unified diff.
#pragma once
#include <string>
#include <vector>

#include "kube/lint.hpp"

namespace sentimark::verify {

struct EditedLine {
  std::string text;
  std::size_t origin = 0;  // its line in the original, from 1; 0 for a new one
};

// The lines of a stream of manifests after the steps were taken in order on its object at `place` (from 0, Lists
// opened). Nothing when a step cannot be taken on whole lines: in flow style, or where the path leads nowhere.
std::vector<EditedLine> edited_lines(const std::string& text, std::size_t place,
                                     const std::vector<kube::PatchStep>& steps);

// In the form that `patch -p0` and `git apply -p0` read; empty when nothing differs.
std::string unified_diff(const std::string& file, const std::vector<std::string>& before,
                         const std::vector<EditedLine>& after);

}  // namespace sentimark::verify
