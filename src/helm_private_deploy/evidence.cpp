#include "helm_private_deploy/evidence.hpp"

#include "base/text.hpp"

namespace sentimark::helm_private_deploy {

std::string plain_name(const std::string& name) {
  std::string plain;
  for (const char c : name) {
    const bool safe =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    plain.push_back(safe ? c : '_');
  }
  while (!plain.empty() && plain.front() == '.') plain.erase(0, 1);
  return base::shorten(plain, 200);
}

base::Result<std::string> keep_evidence(sys::Sys& sys, const std::vector<wire::Evidence>& pieces) {
  if (pieces.empty()) return std::string();
  SENTIMARK_LET(folder, sys.files.make_private_dir(sys.env.get_or("RUNNER_TEMP", sys.env.get_or("TMPDIR", "/tmp"))));
  for (const wire::Evidence& piece : pieces) {
    const std::string name = plain_name(piece.name);
    if (name.empty()) continue;
    std::string text = sys.secrets.redact(piece.text);
    if (text.empty() || text.back() != '\n') text.push_back('\n');
    SENTIMARK_TRY(sys.files.write(folder + "/" + name, text, 0600));
  }
  return folder;
}

}  // namespace sentimark::helm_private_deploy
