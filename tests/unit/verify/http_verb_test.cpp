// verify http through the frame of all programs, against a server by script.
#include <gtest/gtest.h>

#include "base/text.hpp"
#include "fake/poller.hpp"
#include "fake/sys.hpp"
#include "verify/program.hpp"
#include "verify/run.hpp"

using namespace sentimark;

namespace {

struct VerifyHttp : testing::Test {
  fake::FakeSys world;
  std::string out;

  int call(std::vector<std::string> arguments) {
    out.clear();
    world.log.lines.clear();
    sys::Sys sys = world.sys();
    fake::MicroClock clock;
    fake::FakePoller poller(clock);
    fake::FakeResolver resolver;
    arguments.insert(arguments.begin(), "http");
    return runner::run_program(
        sys, verify::program(), arguments, [this](std::string_view text) { out += text; },
        [&](const runner::Inputs& inputs) {
          return verify::run({sys, world.network, poller, resolver, world.http}, inputs);
        });
  }

  void serve(int status, const std::string& headers = {}, const std::string& body = {}) {
    world.network.answer("HTTP/1.1 " + std::to_string(status) + " X\r\n" + headers +
                         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }

  std::string content(const std::string& file) { return world.files.content(file).value_or("(none)"); }
};

constexpr const char* k_ok = "GET http://h/a\nHTTP 200\n";

}  // namespace

TEST_F(VerifyHttp, passes_what_holds) {
  world.files.put("/t/a.hurl", k_ok);
  world.files.put("/t/b.hurl", "GET http://h/b\nHTTP 200\n[Asserts]\nbody == \"x\"\n");
  serve(200);
  serve(200, {}, "x");
  EXPECT_EQ(call({"/t/a.hurl", "/t/b.hurl"}), 0);
  EXPECT_EQ(out, "pass  /t/a.hurl  1 request, 0 ms\npass  /t/b.hurl  1 request, 0 ms\nverdict: pass\n");
  EXPECT_EQ(world.log.count(sys::Level::error), 0U);
}

TEST_F(VerifyHttp, fails_with_7_and_tells_where) {
  world.files.put("/t/a.hurl", "GET http://h/a\nHTTP 200\n[Asserts]\nbody == \"x\"\nheader \"A\" exists\n");
  world.files.put("/t/b.hurl", k_ok);
  world.env.values["GITHUB_STEP_SUMMARY"] = "/summary";
  world.env.values["GITHUB_OUTPUT"] = "/output";
  serve(200, {}, "<y>");
  serve(200);
  EXPECT_EQ(
      call({"/t/a.hurl", "/t/b.hurl", "--junit-file", "/r.xml", "--tap-file", "/r.tap", "--json-file", "/r.json"}), 7);
  EXPECT_TRUE(base::contains(out,
                             "fail  /t/a.hurl  1 request, 0 ms\n"
                             "      /t/a.hurl:4:1: body == \"x\": actual string \"<y>\", expected string \"x\"\n"
                             "      /t/a.hurl:5:1: header \"A\" exists: actual nothing, expected "))
      << out;
  EXPECT_TRUE(base::contains(out, "pass  /t/b.hurl")) << out;
  EXPECT_TRUE(world.log.said("/t/a.hurl:4:1: body == \"x\": actual")) << world.log.lines[0].text;
  EXPECT_TRUE(world.log.said("1 of 2 files failed; /t/a.hurl:4:1"));
  EXPECT_TRUE(base::contains(content("/r.xml"), "tests=\"2\" errors=\"0\" failures=\"1\""));
  EXPECT_TRUE(base::contains(content("/r.xml"), "actual string &quot;&lt;y&gt;&quot;"));
  EXPECT_TRUE(content("/r.tap").starts_with("TAP version 13\n1..2\nnot ok 1 - /t/a.hurl\n# /t/a.hurl:4:1"));
  EXPECT_TRUE(base::contains(content("/r.tap"), "ok 2 - /t/b.hurl\n"));
  EXPECT_TRUE(base::contains(content("/r.json"), "\"verdict\": \"fail\""));
  EXPECT_TRUE(base::contains(content("/summary"), "## ❌ HTTP checks: fail\n\n1 of 2 files failed."));
  EXPECT_TRUE(base::contains(content("/output"), "verdict<<"));
}

TEST_F(VerifyHttp, writes_json_and_json_lines) {
  world.files.put("/a.hurl", "GET http://h/a?token=1\nHTTP 201\n");
  serve(200);
  EXPECT_EQ(call({"/a.hurl", "--format", "jsonl"}), 7);
  EXPECT_EQ(
      out,
      "{\"file\":\"/a.hurl\",\"line\":2,\"column\":6,\"assert\":\"status\",\"verdict\":\"fail\",\"actual\":\"200\","
      "\"expected\":\"201\",\"request\":\"GET http://h/a\"}\n{\"verdict\":\"fail\",\"files\":1,\"failed\":1}\n");
  EXPECT_EQ(call({"/a.hurl", "--format", "json"}), 7);
  EXPECT_TRUE(base::contains(out, "\"code\":\"refused\"")) << out;
  EXPECT_EQ(call({"/a.hurl", "--format", "yaml"}), 2);
}

TEST_F(VerifyHttp, everything_is_read_before_the_first_request) {
  world.files.put("/a.hurl", k_ok);
  world.files.put("/b.hurl", "GET http://h\nHTTP 200\n[Asserts]\nxpath \"//a\" exists\n");
  world.files.put("/c.hurl", "GET https://h\n[Options]\ninsecure: true\n");
  EXPECT_EQ(call({"/a.hurl", "/b.hurl", "/c.hurl", "/missing.hurl"}), 3);
  EXPECT_TRUE(world.network.connections.empty());
  EXPECT_TRUE(world.log.said("/b.hurl:4:1: "));
  EXPECT_TRUE(
      world.log.said("/c.hurl:3:11: the option insecure is not allowed here: allow it with --allow-insecure-tls"));
  EXPECT_TRUE(world.log.said("/missing.hurl: "));
  EXPECT_EQ(call({"/a.hurl", "--ca-file", "/none.pem"}), 3);
  world.files.put("/empty.pem", "nothing");
  EXPECT_EQ(call({"/a.hurl", "--ca-file", "/empty.pem"}), 3);
  EXPECT_EQ(call({"/a.hurl", "--variable", "novalue"}), 2);
  EXPECT_EQ(call({"/a.hurl", "--timeout", "soon"}), 2);
  EXPECT_EQ(call({}), 2);
}

TEST_F(VerifyHttp, variables_have_types_and_a_repeated_flag_adds_one) {
  world.files.put(
      "/a.hurl",
      "GET http://h/{{p}}\nHTTP 200\n[Asserts]\nvariable \"n\" == 12\nvariable \"b\" == true\n"
      "variable \"z\" == null\nvariable \"s\" == \"12\"\nvariable \"f\" == 1.5\nvariable \"e\" == \"a=b\"\n");
  serve(200);
  EXPECT_EQ(call({"/a.hurl", "--variable", "p=x", "--variable=n=12", "--variable", "b=true\nz=null", "--variable",
                  "s=\"12\"", "--variable", "f=1.5", "--variable", "e=a=b"}),
            0)
      << out;
  EXPECT_TRUE(world.network.connections[0]->received.starts_with("GET /x "));
}

TEST_F(VerifyHttp, secrets_are_sent_and_never_shown) {
  const std::string secret = "hush\"hush-" + std::string(300, 's');
  world.env.values["SENTIMARK_INPUT_SECRET"] = "token=" + secret;
  world.env.values["GITHUB_STEP_SUMMARY"] = "/summary";
  world.files.put("/a.hurl",
                  "GET http://h\nAuthorization: {{token}}\nHTTP 200\n[Captures]\ngot: header \"T\" redact\n"
                  "[Asserts]\nbody == \"x\"\nheader \"T\" == \"y\"\nbody contains \"{{token}}!\"\n");
  serve(200, "T: captured-secret\r\n", std::string(150, 'a') + secret + "z");
  EXPECT_EQ(call({"/a.hurl", "--json-file", "/r.json", "--junit-file", "/r.xml", "--format", "jsonl"}), 7);
  EXPECT_TRUE(base::contains(world.network.connections[0]->received, secret));
  std::string all = out + content("/r.json") + content("/r.xml") + content("/summary");
  for (const auto& line : world.log.lines) all += line.text;
  EXPECT_FALSE(base::contains(all, "hush")) << all;
  EXPECT_FALSE(base::contains(all, "sssss")) << all;
  EXPECT_FALSE(base::contains(all, "captured-secret")) << all;
  EXPECT_TRUE(base::contains(all, "***"));
}

TEST_F(VerifyHttp, files_of_bodies_stand_below_the_hurl_file) {
  world.files.put("/t/a.hurl", "POST http://h\nfile,d/../b.txt;\n");
  world.files.put("/t/c.hurl", "POST http://h\nfile,../b.txt;\n");
  world.files.put("/t/d.hurl", "POST http://h\nfile,/b.txt;\n");
  world.files.put("/t/b.txt", "inner");
  world.files.put("/b.txt", "outer");
  world.files.put_directory("/t/d");
  serve(200);
  EXPECT_EQ(call({"/t/a.hurl"}), 0) << out;
  EXPECT_TRUE(world.network.connections[0]->received.ends_with("\r\n\r\ninner"));
  EXPECT_EQ(call({"/t/c.hurl"}), 7);
  EXPECT_EQ(call({"/t/d.hurl"}), 7);
  EXPECT_TRUE(base::contains(out, "is not below the .hurl file"));
}
