#include "emulator/context.hpp"

#include <sys/stat.h>
#include <zip.h>

#include <filesystem>
#include <fstream>
#include <memory>

#include "base/encoding.hpp"

namespace sentimark::emulator {
namespace {

constexpr std::size_t most_bytes = std::size_t{64} << 20U;
constexpr zip_int64_t most_files = 4096;

base::Error hostile(const std::string& what) { return base::fail(base::Outcome::refused, "context: " + what); }

bool is_safe(const std::string& name) {
  if (name.empty() || name.front() == '/' || name.find('\\') != std::string::npos) return false;
  for (const auto& part : std::filesystem::path(name))
    if (part == "..") return false;
  return true;
}

bool is_link(zip_t* archive, zip_uint64_t index) {
  zip_uint8_t system = 0;
  zip_uint32_t attributes = 0;
  if (zip_file_get_external_attributes(archive, index, 0, &system, &attributes) != 0) return false;
  return system == ZIP_OPSYS_UNIX && ((attributes >> 16U) & S_IFMT) == S_IFLNK;
}

}  // namespace

base::Result<Context> unpack_context(const std::string& base64) {
  SENTIMARK_LET(bytes, base::from_base64(base64));
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  const std::unique_ptr<zip_t, decltype(&zip_discard)> archive(
      zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error), &zip_discard);
  if (!archive) {
    zip_source_free(source);
    return hostile("no readable ZIP archive");
  }
  const zip_int64_t count = zip_get_num_entries(archive.get(), 0);
  if (count > most_files) return hostile("more than 4096 files");
  Context context{bytes, {}};
  Files& files = context.files;
  std::size_t total = 0;
  for (zip_uint64_t index = 0; index < static_cast<zip_uint64_t>(count); ++index) {
    zip_stat_t about;
    zip_stat_init(&about);
    if (zip_stat_index(archive.get(), index, 0, &about) != 0) return hostile("damaged entry");
    const std::string name = about.name;
    if (!is_safe(name) || is_link(archive.get(), index)) return hostile("unsafe entry " + name);
    if (name.back() == '/') continue;
    if (about.size > most_bytes - total) return hostile("more than 64 MiB unpacked");
    std::string content(about.size, '\0');
    zip_file_t* file = zip_fopen_index(archive.get(), index, 0);
    const zip_int64_t got = file == nullptr ? -1 : zip_fread(file, content.data(), about.size);
    const int closed = file == nullptr ? 0 : zip_fclose(file);
    if (got != static_cast<zip_int64_t>(about.size) || closed != 0) return hostile("damaged entry " + name);
    total += content.size();
    files[name] = std::move(content);
  }
  return context;
}

base::Result<std::string> pack_files(const Files& files) {
  const auto broken = [] { return base::fail(base::Outcome::internal, "libzip cannot write an archive"); };
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* target = zip_source_buffer_create(nullptr, 0, 0, &error);
  zip_t* archive = target == nullptr ? nullptr : zip_open_from_source(target, ZIP_TRUNCATE, &error);
  if (archive == nullptr) {
    zip_source_free(target);
    return broken();
  }
  zip_source_keep(target);
  bool good = true;
  for (const auto& [name, content] : files) {
    zip_source_t* source = zip_source_buffer(archive, content.data(), content.size(), 0);
    if (source == nullptr || zip_file_add(archive, name.c_str(), source, ZIP_FL_ENC_UTF_8) < 0) {
      zip_source_free(source);
      good = false;
    }
  }
  if (!good || zip_close(archive) != 0) {
    zip_discard(archive);
    zip_source_free(target);
    return broken();
  }
  zip_stat_t about;
  zip_stat_init(&about);
  std::string bytes;
  if (zip_source_stat(target, &about) == 0 && zip_source_open(target) == 0) {
    bytes.resize(about.size);
    good = zip_source_read(target, bytes.data(), about.size) == static_cast<zip_int64_t>(about.size);
    zip_source_close(target);
  }
  zip_source_free(target);
  if (!good || bytes.empty()) return broken();
  return bytes;
}

base::Done flip_byte(Context& context, const std::string& name) {
  for (auto& [path, content] : context.files)
    if ((name.empty() || name == path) && !content.empty())
      content[content.size() / 2] = static_cast<char>(content[content.size() / 2] ^ 1);
  SENTIMARK_LET(archive, pack_files(context.files));
  context.archive = std::move(archive);
  return {};
}

base::Done write_files(const std::string& folder, const Files& files) {
  for (const auto& [name, content] : files) {
    const std::filesystem::path path = std::filesystem::path(folder) / name;
    std::error_code error;
    std::filesystem::create_directories(path.parent_path(), error);
    std::ofstream out(path, std::ios::binary);
    out << content;
    out.close();
    if (!out || ::chmod(path.c_str(), 0644) != 0)
      return base::fail(base::Outcome::internal, "cannot write " + path.string());
  }
  return {};
}

}  // namespace sentimark::emulator
