#include "emulator/api_versions.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace sentimark::emulator {
namespace {

constexpr std::array<const char*, 53> clusters{
    "2021-02-01", "2021-03-01", "2021-05-01", "2021-07-01", "2021-08-01", "2021-09-01", "2021-10-01", "2022-01-01",
    "2022-02-01", "2022-03-01", "2022-04-01", "2022-06-01", "2022-07-01", "2022-08-01", "2022-09-01", "2022-11-01",
    "2023-01-01", "2023-02-01", "2023-03-01", "2023-04-01", "2023-05-01", "2023-06-01", "2023-07-01", "2023-08-01",
    "2023-09-01", "2023-10-01", "2023-11-01", "2024-01-01", "2024-02-01", "2024-03-01", "2024-05-01", "2024-07-01",
    "2024-08-01", "2024-09-01", "2024-10-01", "2025-01-01", "2025-02-01", "2025-03-01", "2025-04-01", "2025-05-01",
    "2025-06-01", "2025-07-01", "2025-08-01", "2025-09-01", "2025-10-01", "2026-01-01", "2026-02-01", "2026-03-01",
    "2026-04-01", "2026-05-01", "2026-06-01", "2026-07-01", "2026-08-01"};

constexpr std::array<const char*, 9> subscriptions{"2016-06-01", "2018-06-01", "2019-06-01", "2019-11-01", "2020-01-01",
                                                   "2021-01-01", "2021-04-01", "2022-09-01", "2022-12-01"};

std::string joined(std::span<const char* const> words, const char* separator) {
  std::string text;
  for (const char* word : words) text += (text.empty() ? "" : separator) + std::string(word);
  return text;
}

bool is_date(const std::string& text) {
  const std::string form = "dddd-dd-dd";
  return text.size() == form.size() && std::equal(text.begin(), text.end(), form.begin(), [](char letter, char wanted) {
           return wanted == 'd' ? std::isdigit(static_cast<unsigned char>(letter)) != 0 : letter == wanted;
         });
}

}  // namespace

std::span<const char* const> managed_cluster_versions() { return clusters; }

Reply judge_api_version(const std::string& type, const std::string& version) {
  if (version.empty())
    return arm_error(400, "MissingApiVersionParameter",
                     "The api-version query parameter (?api-version=) is required for all requests.");
  const bool cluster = type == "managedClusters";
  const std::span<const char* const> known = cluster ? std::span<const char* const>(clusters) : subscriptions;
  if (std::find(known.begin(), known.end(), version) != known.end()) return {};
  if (cluster && is_date(version))
    return arm_error(400, "NoRegisteredProviderFound",
                     "No registered resource provider found for location 'westeurope' and API version '" + version +
                         "' for type 'managedClusters'. The supported api-versions are '" + joined(known, ", ") +
                         "'. The supported locations are 'westeurope'.");
  return arm_error(
      400, "InvalidApiVersionParameter",
      "The api-version '" + version + "' is invalid. The supported versions are '" + joined(known, ",") + "'.");
}

}  // namespace sentimark::emulator
