// FakeFiles: a file system in memory, whose calls fail when the test wants them to.
#pragma once
#include <map>
#include <optional>

#include "sys/files.hpp"

namespace sentimark::fake {

enum class FileCall { real_path, read, write, append, stat, list, make_private_dir, remove_tree };

class FakeFiles final : public sys::Files {
 public:
  base::Result<std::string> read(const std::string& path, std::uint64_t limit) override;
  base::Done write(const std::string& path, std::string_view bytes, unsigned mode) override;
  base::Done append(const std::string& path, std::string_view bytes) override;
  base::Result<sys::FileInfo> stat(const std::string& path) override;
  base::Result<std::string> real_path(const std::string& path) override;
  base::Result<std::vector<sys::FileInfo>> list(const std::string& path) override;
  base::Result<std::string> make_private_dir(const std::string& parent) override;
  base::Result<std::string> absolute(const std::string& path) override;
  base::Done remove_tree(const std::string& path) override;

  std::string working_directory = "/work";

  // Sets the scene; the folders above come into being with it. Nothing of this is recorded.
  void put(const std::string& path, std::string bytes, unsigned mode = 0644);
  void put_directory(const std::string& path);
  void put_link(const std::string& path, const std::string& target);
  std::optional<std::string> content(const std::string& path) const;  // nothing unless a regular file
  std::optional<unsigned> mode(const std::string& path) const;

  // The next `times` calls of this kind on this path (empty: on any path) fail, with an errno name as code, and change
  // nothing.
  void fail(FileCall call, const std::string& path, const std::string& code, int times = 1);
  // The next append to this path stores only its first `kept` bytes and fails, as a full disk or a crash leaves it.
  void tear_append(const std::string& path, std::size_t kept);

  struct Call {
    FileCall call;
    std::string path;
  };
  std::vector<Call> calls;

 private:
  struct Node {
    sys::FileType type = sys::FileType::regular;
    std::string bytes;
    unsigned mode = 0644;
  };
  struct Planned {
    FileCall call;
    std::string path;
    std::string code;
    int times;
  };
  std::optional<base::Error> enter(FileCall call, const std::string& path);
  const Node* find(const std::string& path) const;
  bool parent_exists(const std::string& path) const;

  std::map<std::string, Node> nodes_;  // by normalised path
  std::vector<Planned> planned_;
  std::map<std::string, std::size_t> torn_;
  int made_ = 0;
};

}  // namespace sentimark::fake
