#include "cluster/folder_sys.hpp"

#include <algorithm>

namespace sentimark::cluster {

std::optional<std::string> FolderEnv::get(std::string_view name) const {
  const auto own = own_.find(std::string(name));
  return own == own_.end() ? inner_.get(name) : own->second;
}

std::vector<std::string> FolderEnv::names() const {
  std::vector<std::string> all = inner_.names();
  for (const auto& [name, value] : own_) {
    if (std::find(all.begin(), all.end(), name) == all.end()) all.push_back(name);
  }
  return all;
}

std::string FolderFiles::full(const std::string& path) const {
  return path.empty() || path.front() == '/' ? path : folder_ + "/" + path;
}

base::Result<std::string> FolderFiles::read(const std::string& path, std::uint64_t limit) {
  return inner_.read(full(path), limit);
}
base::Done FolderFiles::write(const std::string& path, std::string_view bytes, unsigned mode) {
  return inner_.write(full(path), bytes, mode);
}
base::Done FolderFiles::append(const std::string& path, std::string_view bytes) {
  return inner_.append(full(path), bytes);
}
base::Result<sys::FileInfo> FolderFiles::stat(const std::string& path) { return inner_.stat(full(path)); }
base::Result<std::string> FolderFiles::real_path(const std::string& path) { return inner_.real_path(full(path)); }
base::Result<std::vector<sys::FileInfo>> FolderFiles::list(const std::string& path) { return inner_.list(full(path)); }
base::Result<std::string> FolderFiles::make_private_dir(const std::string& parent) {
  return inner_.make_private_dir(full(parent));
}
base::Result<std::string> FolderFiles::absolute(const std::string& path) { return inner_.absolute(full(path)); }
base::Done FolderFiles::remove_tree(const std::string& path) { return inner_.remove_tree(full(path)); }

base::Result<sys::ProcessId> FolderProcesses::start(const sys::Command& command) {
  sys::Command moved = command;
  if (moved.directory.empty()) moved.directory = folder_;
  return inner_.start(moved);
}
sys::ProcessEvent FolderProcesses::wait_any(base::Instant deadline, const sys::Stop& stop) {
  return inner_.wait_any(deadline, stop);
}
void FolderProcesses::signal(sys::ProcessId process, sys::Signal signal) { inner_.signal(process, signal); }
void FolderProcesses::kill_all() { inner_.kill_all(); }

}  // namespace sentimark::cluster
