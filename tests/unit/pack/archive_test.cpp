#include <gtest/gtest.h>

#include <algorithm>

#include "digest/sha256.hpp"
#include "pack/deflate.hpp"
#include "pack/tar.hpp"
#include "pack/zip.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using test::has_kind;
using test::is_ok;

namespace {

std::vector<pack::Entry> chart() {
  return {{"app/templates/deployment.yaml", "kind: Deployment\n", false},
          {"app/Chart.yaml", "name: app\nversion: 1.0.0\n", false},
          {"app/files/" + std::string(150, 'n') + ".txt", "long name", true}};
}

}  // namespace

// B-05: what is reviewed can be compared with what is applied only when the same files always give the same digest.
TEST(Tar, the_order_of_the_files_does_not_change_the_bytes) {
  std::vector<pack::Entry> reversed = chart();
  std::reverse(reversed.begin(), reversed.end());
  const auto one = pack::tar(chart());
  const auto two = pack::tar(reversed);
  ASSERT_TRUE(is_ok(one) && is_ok(two));
  EXPECT_EQ(digest::sha256_hex(*one), digest::sha256_hex(*two));
  // A golden digest: a change of the format changes every chart's identity and must be meant.
  EXPECT_EQ(digest::sha256_hex(*one), "92874685cf686787477dcf0cb9a175dcd01d839f24219f830303cb7033d9bfbd");
}

TEST(Zip, the_order_of_the_files_does_not_change_the_bytes) {
  std::vector<pack::ZipEntry> forward;
  std::vector<pack::ZipEntry> backward;
  for (const pack::Entry& entry : chart()) {
    forward.push_back({entry, false, 0, 0});
    backward.insert(backward.begin(), {entry, false, 0, 0});
  }
  const auto one = pack::zip(forward);
  const auto two = pack::zip(backward);
  ASSERT_TRUE(is_ok(one) && is_ok(two));
  EXPECT_EQ(*one, *two);
}

TEST(Zip, takes_deflated_bytes_as_they_are) {
  const std::string content(10'000, 'x');
  pack::ZipEntry carried{{"program", pack::deflate_raw(content), true}, true, pack::crc32(content), content.size()};
  const auto archive = pack::zip({carried});
  const auto packed_here = pack::zip({pack::ZipEntry{{"program", content, true}, false, 0, 0}});
  ASSERT_TRUE(is_ok(archive) && is_ok(packed_here));
  EXPECT_EQ(*archive, *packed_here);
}

TEST(Zip, a_program_keeps_its_mode) {
  const auto plain = pack::zip({pack::ZipEntry{{"program", "x", false}, false, 0, 0}});
  const auto executable = pack::zip({pack::ZipEntry{{"program", "x", true}, false, 0, 0}});
  ASSERT_TRUE(is_ok(plain) && is_ok(executable));
  const auto mode = [](const std::string& archive) {  // the high half of the external attributes of the only entry
    const std::size_t entry = archive.find("PK\x01\x02");
    return static_cast<unsigned char>(archive[entry + 40]) | static_cast<unsigned char>(archive[entry + 41]) << 8;
  };
  EXPECT_EQ(mode(*plain), 0100644);
  EXPECT_EQ(mode(*executable), 0100755);
}

// The names inside an archive are somebody's paths on the other side.
TEST(Archive, refuses_names_that_could_leave_the_folder_or_collide) {
  for (const char* path : {"", "/etc/passwd", "a/../b", "..", "./a", "a//b", "a/", "a\\b"}) {
    EXPECT_TRUE(has_kind(pack::tar({{path, "x", false}}), base::Outcome::config)) << path;
    EXPECT_TRUE(has_kind(pack::zip({pack::ZipEntry{{path, "x", false}, false, 0, 0}}), base::Outcome::config)) << path;
  }
  EXPECT_TRUE(has_kind(pack::tar({{"a", "1", false}, {"a", "2", false}}), base::Outcome::config));
}
