// Entry: one file on its way into an archive.
#pragma once
#include <string>

namespace sentimark::pack {

struct Entry {
  std::string path;  // relative, '/' between parts, no empty, "." or ".." part
  std::string bytes;
  bool executable = false;
};

}  // namespace sentimark::pack
