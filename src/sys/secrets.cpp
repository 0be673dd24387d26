#include "sys/secrets.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace sentimark::sys {
namespace {

constexpr std::size_t k_shortest_searched = 4;  // shorter ones would blank out ordinary words

// Base64 of a secret inside a longer text depends on its offset modulo three; the characters that mix with neighbours
// go.
std::string base64_phase(std::string_view secret, std::size_t phase) {
  const std::string encoded = base::to_base64(std::string(phase, '\0') + std::string(secret));
  const std::size_t first = phase == 0 ? 0 : phase + 1;
  const std::size_t tail = (phase + secret.size()) % 3;
  const std::size_t end = encoded.size() - (tail == 0 ? 0 : (tail == 1 ? 3U : 2U));
  return end > first ? encoded.substr(first, end - first) : std::string();
}

}  // namespace

base::Secret Secrets::make(std::string clear_text) {
  for (const std::string& line : base::lines_of(clear_text)) {
    if (!base::trim(line).empty() && announce_) announce_(line);
  }
  learn(clear_text);
  learn(base::percent_encoded(clear_text));
  for (std::size_t phase = 0; phase < 3; ++phase) learn(base64_phase(clear_text, phase));
  return base::Secret(std::move(clear_text));
}

std::string Secrets::redact(std::string_view text) const {
  std::string result(text);
  for (const std::string& form : forms_) result = base::replace_all(std::move(result), form, "***");
  return result;
}

void Secrets::learn(std::string form) {
  if (form.size() < k_shortest_searched || std::find(forms_.begin(), forms_.end(), form) != forms_.end()) return;
  const auto place =
      std::find_if(forms_.begin(), forms_.end(), [&](const std::string& other) { return other.size() < form.size(); });
  forms_.insert(place, std::move(form));
}

}  // namespace sentimark::sys
