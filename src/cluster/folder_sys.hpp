// FolderSys: a Sys whose relative paths and children live in one folder, with some variables of its own.
#pragma once
#include <map>

#include "sys/sys.hpp"

namespace sentimark::cluster {

class FolderEnv final : public sys::Env {
 public:
  FolderEnv(const sys::Env& inner, std::map<std::string, std::string> own) : inner_(inner), own_(std::move(own)) {}
  std::optional<std::string> get(std::string_view name) const override;
  std::vector<std::string> names() const override;

 private:
  const sys::Env& inner_;
  std::map<std::string, std::string> own_;
};

class FolderFiles final : public sys::Files {
 public:
  FolderFiles(sys::Files& inner, std::string folder) : inner_(inner), folder_(std::move(folder)) {}
  base::Result<std::string> read(const std::string& path, std::uint64_t limit) override;
  base::Done write(const std::string& path, std::string_view bytes, unsigned mode) override;
  base::Done append(const std::string& path, std::string_view bytes) override;
  base::Result<sys::FileInfo> stat(const std::string& path) override;
  base::Result<std::string> real_path(const std::string& path) override;
  base::Result<std::vector<sys::FileInfo>> list(const std::string& path) override;
  base::Result<std::string> make_private_dir(const std::string& parent) override;
  base::Result<std::string> absolute(const std::string& path) override;
  base::Done remove_tree(const std::string& path) override;

 private:
  std::string full(const std::string& path) const;
  sys::Files& inner_;
  std::string folder_;
};

class FolderProcesses final : public sys::Processes {
 public:
  FolderProcesses(sys::Processes& inner, std::string folder) : inner_(inner), folder_(std::move(folder)) {}
  base::Result<sys::ProcessId> start(const sys::Command& command) override;
  sys::ProcessEvent wait_any(base::Instant deadline, const sys::Stop& stop) override;
  void signal(sys::ProcessId process, sys::Signal signal) override;
  void kill_all() override;

 private:
  sys::Processes& inner_;
  std::string folder_;
};

}  // namespace sentimark::cluster
