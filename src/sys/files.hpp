// Files: the file system as the programs need it. Paths are UTF-8 text, relative to the working directory.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace sentimark::sys {

enum class FileType { regular, directory, link, other };

struct FileInfo {
  std::string name;  // last component of the path
  FileType type = FileType::other;
  std::uint64_t size = 0;
  unsigned mode = 0;  // permission bits
};

// Every error is of kind config with code "not-found", "exists", "too-large" or the errno name, and names the path.
class Files {
 public:
  virtual ~Files() = default;
  // The whole content; refuses (too-large) more than `limit` bytes without reading it all.
  virtual base::Result<std::string> read(const std::string& path, std::uint64_t limit) = 0;
  // Written beside the target, synced and renamed: a reader sees the old bytes or the new ones.
  virtual base::Done write(const std::string& path, std::string_view bytes, unsigned mode) = 0;
  // For GITHUB_OUTPUT and GITHUB_STEP_SUMMARY, which are shared and append-only. Creates the file.
  virtual base::Done append(const std::string& path, std::string_view bytes) = 0;
  virtual base::Result<FileInfo> stat(const std::string& path) = 0;  // does not follow a link
  // Absolute, with every link followed. Code "not-found" when it leads nowhere.
  virtual base::Result<std::string> real_path(const std::string& path) = 0;
  virtual base::Result<std::vector<FileInfo>> list(const std::string& path) = 0;  // sorted by name, without . and ..
  virtual base::Result<std::string> make_private_dir(const std::string& parent) = 0;  // fresh, mode 0700; its path
  virtual base::Result<std::string> absolute(
      const std::string& path) = 0;                             // from the working directory; looks at nothing
  virtual base::Done remove_tree(const std::string& path) = 0;  // absent is done; links are removed, not followed
};

}  // namespace sentimark::sys
