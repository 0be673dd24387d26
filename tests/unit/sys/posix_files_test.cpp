#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/posix_system.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using test::has_kind;
using test::is_ok;

class PosixFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto made = files.make_private_dir(testing::TempDir());
    ASSERT_TRUE(is_ok(made));
    folder = *made;
  }
  void TearDown() override { EXPECT_TRUE(is_ok(files.remove_tree(folder))); }
  sys::PosixFiles files;
  std::string folder;
};

TEST_F(PosixFilesTest, reads_what_it_wrote_with_the_mode_it_was_given) {
  const std::string bytes("a\0b\n", 4);
  ASSERT_TRUE(is_ok(files.write(folder + "/x", bytes, 0600)));
  const auto back = files.read(folder + "/x", 100);
  ASSERT_TRUE(is_ok(back));
  EXPECT_EQ(*back, bytes);
  const auto info = files.stat(folder + "/x");
  ASSERT_TRUE(is_ok(info));
  EXPECT_EQ(info->mode, 0600U);
  EXPECT_EQ(info->size, 4U);
}

TEST_F(PosixFilesTest, leaves_no_part_file_behind) {
  ASSERT_TRUE(is_ok(files.write(folder + "/x", "1", 0644)));
  ASSERT_TRUE(is_ok(files.write(folder + "/x", "2", 0644)));
  EXPECT_FALSE(files.write(folder + "/absent/x", "3", 0644).ok());
  const auto entries = files.list(folder);
  ASSERT_TRUE(is_ok(entries));
  ASSERT_EQ(entries->size(), 1U);
  EXPECT_EQ(entries->front().name, "x");
}

TEST_F(PosixFilesTest, refuses_more_than_the_limit) {
  ASSERT_TRUE(is_ok(files.write(folder + "/x", std::string(101, 'x'), 0644)));
  const auto read = files.read(folder + "/x", 100);
  ASSERT_TRUE(has_kind(read, base::Outcome::config));
  EXPECT_EQ(read.error().code, "too-large");
}

TEST_F(PosixFilesTest, names_the_missing_path) {
  const auto read = files.read(folder + "/nowhere", 100);
  ASSERT_TRUE(has_kind(read, base::Outcome::config));
  EXPECT_EQ(read.error().code, "not-found");
  EXPECT_NE(read.error().what.find("nowhere"), std::string::npos);
}

TEST_F(PosixFilesTest, removing_a_tree_never_follows_a_link_out_of_it) {
  const auto outside = files.make_private_dir(testing::TempDir());
  ASSERT_TRUE(is_ok(outside));
  ASSERT_TRUE(is_ok(files.write(*outside + "/kept", "1", 0644)));
  ASSERT_EQ(::mkdir((folder + "/in").c_str(), 0700), 0);
  ASSERT_EQ(::symlink(outside->c_str(), (folder + "/in/link").c_str()), 0);
  ASSERT_TRUE(is_ok(files.remove_tree(folder + "/in")));
  EXPECT_TRUE(is_ok(files.stat(*outside + "/kept")));
  EXPECT_TRUE(is_ok(files.remove_tree(*outside)));
}

TEST_F(PosixFilesTest, appends_to_what_others_wrote) {
  ASSERT_TRUE(is_ok(files.append(folder + "/x", "one\n")));
  ASSERT_TRUE(is_ok(files.append(folder + "/x", "two\n")));
  const auto text = files.read(folder + "/x", 100);
  ASSERT_TRUE(is_ok(text));
  EXPECT_EQ(*text, "one\ntwo\n");
}

TEST_F(PosixFilesTest, an_absolute_path_begins_where_the_program_stands) {
  ASSERT_TRUE(is_ok(files.write(folder + "/x", "1", 0644)));
  const int before = ::open(".", O_RDONLY);
  ASSERT_EQ(::chdir(folder.c_str()), 0);
  const auto inside = files.absolute("x");
  ASSERT_EQ(::fchdir(before), 0);
  ::close(before);
  ASSERT_TRUE(is_ok(inside));
  EXPECT_TRUE(is_ok(files.stat(*inside))) << *inside;
  const auto same = files.absolute("/x");
  ASSERT_TRUE(is_ok(same));
  EXPECT_EQ(*same, "/x");
}
