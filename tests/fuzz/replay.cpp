// The committed corpus as an ordinary test: every file, every prefix of it, and each with single bytes changed.
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

// NOLINTNEXTLINE: the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

std::vector<std::string> corpus() {
  std::vector<std::string> inputs;
  for (const auto& entry : std::filesystem::directory_iterator(FUZZ_CORPUS)) {
    std::ifstream file(entry.path(), std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return inputs;
}

void feed(const std::string& input) {
  ASSERT_EQ(LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size()), 0);
}

}  // namespace

#define NAMED_TEST(suite, name) TEST(suite, name)

NAMED_TEST(FUZZ_SUITE, survives_the_corpus_and_small_changes_of_it) {
  const std::vector<std::string> inputs = corpus();
  ASSERT_GE(inputs.size(), 5U);
  for (const std::string& input : inputs) {
    feed(input);
    const std::size_t step = input.size() / 200 + 1;
    for (std::size_t at = 0; at < input.size(); at += step) {
      feed(input.substr(0, at));
      for (const char changed : {'\0', '\xff', '{', '[', '\\', '"', '9', '*'}) {
        std::string other = input;
        other[at] = changed;
        feed(other);
      }
    }
  }
}
