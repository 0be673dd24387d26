#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "sys/posix_system.hpp"

namespace sentimark::sys {
namespace {

using base::Done;
using base::Error;
using base::fail;
using base::Outcome;
using base::Result;

Error file_error(std::string_view doing, const std::string& path, int number) {
  std::string code = "errno-" + std::to_string(number);
  std::string cure = "check the path and its permissions";
  if (number == ENOENT) {
    code = "not-found";
    cure = "check the path: it is relative to the working directory";
  }
  if (number == EEXIST) code = "exists";
  if (number == ENOTDIR) code = "not-a-directory";
  return fail(Outcome::config, "cannot " + std::string(doing) + " " + path + ": " + std::strerror(number),
              std::move(cure), std::move(code));
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return number_; }
  bool ok() const { return number_ >= 0; }
  int close_now() { return ::close(std::exchange(number_, -1)); }

 private:
  int number_;
};

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(descriptor, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return true;
}

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

FileInfo info_of(std::string name, const struct stat& status) {
  FileInfo info;
  info.name = std::move(name);
  info.size = static_cast<std::uint64_t>(status.st_size);
  info.mode = static_cast<unsigned>(status.st_mode) & 07777U;
  if (S_ISREG(status.st_mode)) info.type = FileType::regular;
  if (S_ISDIR(status.st_mode)) info.type = FileType::directory;
  if (S_ISLNK(status.st_mode)) info.type = FileType::link;
  return info;
}

}  // namespace

Result<std::string> PosixFiles::read(const std::string& path, std::uint64_t limit) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.ok()) return file_error("read", path, errno);
  std::string bytes;
  std::array<char, 65536> block{};
  for (;;) {
    const ssize_t got = ::read(file.get(), block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return file_error("read", path, errno);
    if (got == 0) return bytes;
    bytes.append(block.data(), static_cast<std::size_t>(got));
    if (bytes.size() > limit) {
      return fail(Outcome::config, path + " is larger than " + std::to_string(limit) + " bytes", "use a smaller file",
                  "too-large");
    }
  }
}

Done PosixFiles::write(const std::string& path, std::string_view bytes, unsigned mode) {
  std::string temporary = path + ".XXXXXX";
  Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!file.ok()) return file_error("write", path, errno);
  const bool written = write_all(file.get(), bytes) && ::fchmod(file.get(), static_cast<mode_t>(mode)) == 0 &&
                       ::fsync(file.get()) == 0 && file.close_now() == 0;
  if (written && ::rename(temporary.c_str(), path.c_str()) == 0) {
    const Descriptor folder(::open(parent_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder.ok()) ::fsync(folder.get());
    return {};
  }
  const Error error = file_error("write", path, errno);
  ::unlink(temporary.c_str());
  return error;
}

Done PosixFiles::append(const std::string& path, std::string_view bytes) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644));
  if (!file.ok() || !write_all(file.get(), bytes)) return file_error("append to", path, errno);
  return {};
}

Result<FileInfo> PosixFiles::stat(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return file_error("look at", path, errno);
  return info_of(path.substr(path.rfind('/') + 1), status);
}

Result<std::string> PosixFiles::real_path(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> found(::realpath(path.c_str(), nullptr), &std::free);
  if (found == nullptr) return file_error("follow", path, errno);
  return std::string(found.get());
}

Result<std::vector<FileInfo>> PosixFiles::list(const std::string& path) {
  DIR* folder = ::opendir(path.c_str());
  if (folder == nullptr) return file_error("list", path, errno);
  std::vector<FileInfo> entries;
  while (const dirent* entry = ::readdir(folder)) {
    const std::string name(&entry->d_name[0]);
    struct stat status {};
    if (name == "." || name == "..") continue;
    if (::fstatat(::dirfd(folder), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) {
      entries.push_back(info_of(name, status));
    }
  }
  ::closedir(folder);
  std::sort(entries.begin(), entries.end(), [](const FileInfo& a, const FileInfo& b) { return a.name < b.name; });
  return entries;
}

Result<std::string> PosixFiles::make_private_dir(const std::string& parent) {
  std::string path = parent + "/sentimark-XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) return file_error("make a folder in", parent, errno);
  return path;
}

Result<std::string> PosixFiles::absolute(const std::string& path) {
  if (!path.empty() && path.front() == '/') return path;
  std::array<char, 4096> here{};
  if (::getcwd(here.data(), here.size()) == nullptr) return file_error("find the folder of", path, errno);
  return std::string(here.data()) + "/" + path;
}

Done PosixFiles::remove_tree(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return {};
    return file_error("remove", path, errno);
  }
  if (S_ISDIR(status.st_mode)) {
    SENTIMARK_LET(entries, list(path));
    for (const FileInfo& entry : entries) SENTIMARK_TRY(remove_tree(path + "/" + entry.name));
  }
  const int removed = S_ISDIR(status.st_mode) ? ::rmdir(path.c_str()) : ::unlink(path.c_str());
  if (removed != 0) return file_error("remove", path, errno);
  return {};
}

}  // namespace sentimark::sys
