// The parts of a container image's name that say how firmly it is named.
#pragma once
#include <string>
#include <string_view>

namespace sentimark::kube {

struct ImageName {
  std::string tag;  // empty when none is written
  bool digest = false;
  // Whoever pushes next decides what runs.
  bool floats() const { return !digest && (tag.empty() || tag == "latest"); }
};

ImageName image_name(std::string_view image);

}  // namespace sentimark::kube
