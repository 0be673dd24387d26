#include "digest/sha256.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"

using namespace sentimark;

// B-05: FIPS 180-4 example vectors; a digest that is wrong would prove the wrong bytes.
TEST(Sha256, equals_the_published_vectors) {
  EXPECT_EQ(digest::sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(digest::sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(digest::sha256_hex(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, does_not_care_how_the_bytes_arrive) {
  const std::string text = "the quick brown fox jumps over the lazy dog, several blocks long: " + std::string(200, 'x');
  for (std::size_t cut = 0; cut <= text.size(); cut += 7) {
    digest::Sha256 hash;
    hash.update(std::string_view(text).substr(0, cut));
    hash.update(std::string_view(text).substr(cut));
    const digest::Sha256Bytes bytes = hash.finish();
    EXPECT_EQ(base::to_hex(bytes), digest::sha256_hex(text));
  }
}
