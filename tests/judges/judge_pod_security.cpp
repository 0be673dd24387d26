// judge_pod_security: reads the JSON lines of tests/judges/podsecurity and compares each verdict with ours, word for
// word. Prints the lines read and what differs; exit 1 when anything does.
#include <cstdio>
#include <iostream>
#include <string>

#include "json/text.hpp"
#include "kube/pod_security.hpp"

using namespace sentimark;

int main() {
  std::size_t lines = 0;
  std::size_t findings = 0;
  std::size_t differing = 0;
  for (std::string line; std::getline(std::cin, line);) {
    ++lines;
    const auto asked = json::parse(line);
    const auto level = asked ? kube::pod_security_level((*asked)["level"].string_or_empty()) : std::nullopt;
    if (!level) {
      std::printf("line %zu cannot be read\n", lines);
      return 1;
    }
    json::Value ours = json::Value::array();
    for (const auto& finding :
         kube::pod_security((*asked)["object"], *level, static_cast<int>((*asked)["minor"].int_or(0)))) {
      ours.push(finding.message);
      ++findings;
    }
    if (ours == (*asked)["says"]) continue;
    if (++differing <= 5) {
      std::printf("line %zu: %s\n  theirs: %s\n  ours:   %s\n", lines, line.c_str(),
                  json::to_text((*asked)["says"]).c_str(), json::to_text(ours).c_str());
    }
  }
  std::printf("%zu lines, %zu findings, %zu differ\n", lines, findings, differing);
  return differing == 0 ? 0 : 1;
}
