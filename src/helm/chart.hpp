// Chart: what is to be deployed, from a folder or an archive, as Helm would package it.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "helm/dependencies.hpp"
#include "json/value.hpp"
#include "pack/entry.hpp"
#include "sys/files.hpp"

namespace sentimark::helm {

inline constexpr std::size_t k_chart_files = 10'000;
inline constexpr std::uint64_t k_chart_bytes = std::uint64_t{64} << 20U;  // of all files together

struct Chart {
  std::string name;
  std::string version;
  std::string app_version;
  std::vector<pack::Entry> entries;  // by their paths in the chart
  std::vector<Vendored> vendored;    // the charts in its charts/
  std::string root;                  // what the user named, for messages
  std::string archive_sha256;        // of the .tgz that it came as; empty for a folder
};

// `path` is a folder, where .helmignore is honoured, or a .tgz, where it no longer means anything.
// Errors, all config and with the file's name: no chart there ("no-chart"), a Chart.yaml that Helm would refuse, a
// dependency that is missing, of the wrong version or not the locked one ("dependency"), and those of
// chart_folder.hpp and chart_archive.hpp.
base::Result<Chart> load_chart(sys::Files& files, const std::string& path);

// nullptr when the chart has no such file.
const pack::Entry* find_entry(const std::vector<pack::Entry>& entries, std::string_view path);

base::Error no_chart(const std::string& root, const std::string& why);

}  // namespace sentimark::helm
