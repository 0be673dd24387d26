#include "net/trust.hpp"

#include <gtest/gtest.h>

#include "fake/env.hpp"
#include "fake/files.hpp"

using namespace sentimark;

namespace {

net::Trust found(const fake::FakeEnv& env, fake::FakeFiles& files) { return net::find_trust(env, files); }

fake::FakeFiles a_debian_machine() {
  fake::FakeFiles files;
  files.put("/etc/ssl/certs/ca-certificates.crt", "bundle");
  files.put_link("/etc/ssl/certs/002c0b4f.0", "GlobalSign.pem");
  return files;
}

}  // namespace

TEST(Trust, what_the_environment_names_is_taken_as_it_is) {
  struct Row {
    fake::FakeEnv env;
    const char* file;
    const char* folder;
  };
  const Row rows[] = {
      {{{"CURL_CA_BUNDLE", "/a"}, {"SSL_CERT_FILE", "/b"}, {"SSL_CERT_DIR", "/c"}}, "/a", ""},
      {{{"SSL_CERT_FILE", "/b"}, {"SSL_CERT_DIR", "/c"}}, "/b", "/c"},
      {{{"SSL_CERT_FILE", "/b"}}, "/b", ""},
      {{{"SSL_CERT_DIR", "/c"}}, "", "/c"},
      {{{"CURL_CA_BUNDLE", ""}, {"SSL_CERT_FILE", ""}, {"SSL_CERT_DIR", "/c"}}, "", "/c"},
  };
  for (const Row& row : rows) {
    fake::FakeFiles files = a_debian_machine();  // nothing named exists: it is not replaced by what does
    EXPECT_EQ(found(row.env, files).file, row.file);
    EXPECT_EQ(found(row.env, files).folder, row.folder);
    EXPECT_TRUE(files.calls.empty());
  }
}

TEST(Trust, a_hashed_folder_is_better_than_the_bundle_in_it) {
  fake::FakeFiles files = a_debian_machine();
  EXPECT_EQ(net::describe(found({}, files)), "folder /etc/ssl/certs");
}

TEST(Trust, a_folder_without_hashed_names_is_none) {
  for (const char* name : {"ca-certificates.crt", "002c0b4f", "002c0b4f.", "002c0b4f.pem", "002C0B4F.0", "02c0b4f.0"}) {
    fake::FakeFiles files;
    files.put(std::string("/etc/ssl/certs/") + name, "");
    files.put("/etc/ssl/certs/ca-certificates.crt", "bundle");
    EXPECT_EQ(net::describe(found({}, files)), "file /etc/ssl/certs/ca-certificates.crt") << name;
  }
}

TEST(Trust, the_bundles_of_other_systems_are_found_in_order) {
  const char* const bundles[] = {"/etc/ssl/cert.pem", "/etc/ssl/ca-bundle.pem", "/etc/pki/tls/certs/ca-bundle.crt",
                                 "/etc/ssl/certs/ca-certificates.crt"};
  fake::FakeFiles files;
  EXPECT_EQ(net::describe(found({}, files)), "no certificates");
  for (const char* bundle : bundles) {
    files.put(bundle, "bundle");
    EXPECT_EQ(found({}, files).file, bundle);
    EXPECT_EQ(found({}, files).folder, "");
  }
}

TEST(Trust, is_read_whole_for_a_client_that_wants_it_so) {
  fake::FakeFiles debian = a_debian_machine();
  EXPECT_EQ(*net::read_trust(fake::FakeEnv{}, debian), "bundle");
  fake::FakeFiles files;
  files.put("/c/002c0b4f.0", "one");
  files.put("/c/11111111.0", "two");
  files.put("/c/README", "three");
  files.put("/b", "bundle");
  EXPECT_EQ(*net::read_trust(fake::FakeEnv{{"SSL_CERT_DIR", "/c"}}, files), "\none\ntwo");
  EXPECT_EQ(*net::read_trust(fake::FakeEnv{{"SSL_CERT_FILE", "/b"}, {"SSL_CERT_DIR", "/c"}}, files),
            "bundle\none\ntwo");
  EXPECT_EQ(*net::read_trust(fake::FakeEnv{}, files), "");
  EXPECT_FALSE(net::read_trust(fake::FakeEnv{{"CURL_CA_BUNDLE", "/none"}}, files));
}
