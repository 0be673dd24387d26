#include "fake/files.hpp"

#include "base/text.hpp"

namespace sentimark::fake {
namespace {

using base::Outcome;

// "a//b/./c/" -> "a/b/c"; the root and the working directory stay "/" and ".".
std::string normal(const std::string& path) {
  std::string result = !path.empty() && path.front() == '/' ? "/" : "";
  for (const std::string& part : base::split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (!result.empty() && result.back() != '/') result += '/';
    result += part;
  }
  // /here is the working directory.
  if (result == "/here") return ".";
  if (result.rfind("/here/", 0) == 0) result.erase(0, 6);
  return result.empty() ? "." : result;
}

std::string parent_of(const std::string& normal_path) {
  const std::size_t slash = normal_path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : normal_path.substr(0, slash);
}

std::string name_of(const std::string& normal_path) { return normal_path.substr(normal_path.rfind('/') + 1); }

base::Error trouble(const std::string& path, const std::string& code) {
  return base::fail(Outcome::config, path + ": " + code, {}, code);
}

}  // namespace

std::optional<base::Error> FakeFiles::enter(FileCall call, const std::string& path) {
  calls.push_back({call, path});
  for (Planned& planned : planned_) {
    if (planned.call != call || planned.times == 0) continue;
    if (!planned.path.empty() && normal(planned.path) != normal(path)) continue;
    --planned.times;
    return trouble(path, planned.code);
  }
  return std::nullopt;
}

const FakeFiles::Node* FakeFiles::find(const std::string& path) const {
  static const Node k_top{sys::FileType::directory, {}, 0755};
  const std::string key = normal(path);
  if (key == "/" || key == ".") return &k_top;
  const auto found = nodes_.find(key);
  return found == nodes_.end() ? nullptr : &found->second;
}

bool FakeFiles::parent_exists(const std::string& path) const {
  const Node* parent = find(parent_of(normal(path)));
  return parent != nullptr && parent->type == sys::FileType::directory;
}

base::Result<std::string> FakeFiles::read(const std::string& path, std::uint64_t limit) {
  if (auto error = enter(FileCall::read, path)) return *error;
  const Node* node = find(path);
  // A link is followed, as the system does.
  for (int hops = 0; node != nullptr && node->type == sys::FileType::link && hops < 8; ++hops) node = find(node->bytes);
  if (node == nullptr) return trouble(path, "not-found");
  if (node->type != sys::FileType::regular) return trouble(path, "EISDIR");
  if (node->bytes.size() > limit) return trouble(path, "too-large");
  return node->bytes;
}

base::Done FakeFiles::write(const std::string& path, std::string_view bytes, unsigned mode) {
  if (auto error = enter(FileCall::write, path)) return *error;
  if (!parent_exists(path)) return trouble(path, "not-found");
  nodes_[normal(path)] = {sys::FileType::regular, std::string(bytes), mode};
  return {};
}

base::Done FakeFiles::append(const std::string& path, std::string_view bytes) {
  if (auto error = enter(FileCall::append, path)) return *error;
  if (!parent_exists(path)) return trouble(path, "not-found");
  Node& node = nodes_[normal(path)];
  const auto torn = torn_.find(normal(path));
  if (torn == torn_.end()) {
    node.bytes += bytes;
    return {};
  }
  node.bytes += bytes.substr(0, torn->second);
  torn_.erase(torn);
  return trouble(path, "ENOSPC");
}

base::Result<sys::FileInfo> FakeFiles::stat(const std::string& path) {
  if (auto error = enter(FileCall::stat, path)) return *error;
  const Node* node = find(path);
  if (node == nullptr) return trouble(path, "not-found");
  return sys::FileInfo{name_of(normal(path)), node->type, node->bytes.size(), node->mode};
}

base::Result<std::string> FakeFiles::real_path(const std::string& path) {
  if (auto error = enter(FileCall::real_path, path)) return *error;
  std::string left = path;
  std::string done = !path.empty() && path.front() == '/' ? "/" : "/here";
  for (int hops = 0; !left.empty();) {
    const std::size_t slash = left.find('/');
    const std::string part = left.substr(0, slash);
    left = slash == std::string::npos ? "" : left.substr(slash + 1);
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      done = parent_of(done);
      continue;
    }
    const std::string next = (done == "/" ? "" : done) + "/" + part;
    const Node* node = find(next);
    if (node == nullptr || ++hops > 100) return trouble(path, "not-found");
    if (node->type != sys::FileType::link) {
      done = next;
      continue;
    }
    left = node->bytes + (left.empty() ? "" : "/" + left);
    if (node->bytes.front() == '/') done = "/";
  }
  return done;
}

base::Result<std::vector<sys::FileInfo>> FakeFiles::list(const std::string& path) {
  if (auto error = enter(FileCall::list, path)) return *error;
  const Node* node = find(path);
  if (node == nullptr) return trouble(path, "not-found");
  if (node->type != sys::FileType::directory) return trouble(path, "ENOTDIR");
  std::vector<sys::FileInfo> infos;
  for (const auto& [key, child] : nodes_) {
    if (parent_of(key) == normal(path)) infos.push_back({name_of(key), child.type, child.bytes.size(), child.mode});
  }
  return infos;
}

base::Result<std::string> FakeFiles::make_private_dir(const std::string& parent) {
  if (auto error = enter(FileCall::make_private_dir, parent)) return *error;
  const Node* node = find(parent);
  if (node == nullptr || node->type != sys::FileType::directory) return trouble(parent, "not-found");
  const std::string path = normal(parent + "/private-" + std::to_string(++made_));
  nodes_[path] = {sys::FileType::directory, {}, 0700};
  return path;
}

base::Result<std::string> FakeFiles::absolute(const std::string& path) {
  return !path.empty() && path.front() == '/' ? path : working_directory + "/" + path;
}

base::Done FakeFiles::remove_tree(const std::string& path) {
  if (auto error = enter(FileCall::remove_tree, path)) return *error;
  const std::string top = normal(path);
  std::erase_if(nodes_, [&](const auto& entry) { return entry.first == top || entry.first.rfind(top + "/", 0) == 0; });
  return {};
}

void FakeFiles::put_directory(const std::string& path) {
  const std::string key = normal(path);
  if (key == "." || key == "/") return;
  put_directory(parent_of(key));
  nodes_[key] = {sys::FileType::directory, {}, 0755};
}

void FakeFiles::put(const std::string& path, std::string bytes, unsigned mode) {
  put_directory(parent_of(normal(path)));
  nodes_[normal(path)] = {sys::FileType::regular, std::move(bytes), mode};
}

void FakeFiles::put_link(const std::string& path, const std::string& target) {
  put_directory(parent_of(normal(path)));
  nodes_[normal(path)] = {sys::FileType::link, target, 0777};
}

std::optional<std::string> FakeFiles::content(const std::string& path) const {
  const Node* node = find(path);
  if (node == nullptr || node->type != sys::FileType::regular) return std::nullopt;
  return node->bytes;
}

std::optional<unsigned> FakeFiles::mode(const std::string& path) const {
  const Node* node = find(path);
  if (node == nullptr) return std::nullopt;
  return node->mode;
}

void FakeFiles::fail(FileCall call, const std::string& path, const std::string& code, int times) {
  planned_.push_back({call, path, code, times});
}

void FakeFiles::tear_append(const std::string& path, std::size_t kept) { torn_[normal(path)] = kept; }

}  // namespace sentimark::fake
