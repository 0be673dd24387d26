// .hurl files run against a server by script: what goes out, what a run makes of the answers, how each failure is told.
#include "hurl/run.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "fake/network.hpp"
#include "fake/random.hpp"
#include "hurl/parse.hpp"

using namespace sentimark;
using fake::Talk;

namespace {

class OneFile : public hurl::Files {
 public:
  base::Result<std::string> read(std::string_view name) override {
    if (name == "a.txt") return std::string("file content");
    return base::fail(base::Outcome::config, "there is no file " + std::string(name));
  }
};

std::string answer(int status, const std::string& headers = {}, const std::string& body = {}) {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\n" + headers + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

struct HurlRun : testing::Test {
  fake::FakeClock clock;
  fake::FakeStop stop;
  fake::FakeRandom random;
  fake::FakeNetwork network{clock};
  OneFile files;
  hurl::Variables variables;
  hurl::RunOptions options;
  std::vector<std::string> secrets;

  HurlRun() {
    options.deadline = clock.monotonic() + base::Millis(600'000);
    options.user_agent = "test/1";
  }

  base::Result<hurl::FileResult> try_run(std::string_view text) {
    const auto file = hurl::parse(text, "t.hurl");
    EXPECT_TRUE(file) << (file ? "" : file.error().what);
    hurl::RunWorld world{network,
                         clock,
                         random,
                         stop,
                         files,
                         [] { return http1::Roots::none(); },
                         [this](std::string_view secret) { secrets.emplace_back(secret); }};
    return hurl::run(*file, variables, options, world);
  }

  hurl::FileResult run(std::string_view text) {
    auto result = try_run(text);
    EXPECT_TRUE(result) << (result ? "" : result.error().what);
    return result ? *result : hurl::FileResult{};
  }

  // "" for a pass, else "line:column assertion: actual" of what failed first.
  std::string failure(std::string_view text) {
    for (const hurl::EntryResult& entry : run(text).entries) {
      for (const hurl::Finding& finding : entry.findings) {
        if (!finding.passed) {
          return std::to_string(finding.place.line) + ":" + std::to_string(finding.place.column) + " " +
                 finding.assertion + ": " + finding.actual;
        }
      }
    }
    return {};
  }

  const std::string& sent(std::size_t at) const { return network.connections.at(at)->received; }
  std::string body_sent(std::size_t at) const { return sent(at).substr(sent(at).find("\r\n\r\n") + 4); }
};

constexpr const char* k_common = "Accept: */*\r\nUser-Agent: test/1\r\n";

}  // namespace

TEST_F(HurlRun, sends_every_part_of_a_request) {
  variables.set("who", hurl::Value::of(json::Value("J R")));
  network.answer(answer(200));
  EXPECT_EQ(
      failure("PUT http://bob:pw@h/p?x=1\nA: {{who}}\nEmpty:\n[Query]\nq: {{who}}\nk.e: é\n[Cookies]\nc: d e\nf: g\n"
              "[Options]\nheader: B: c\n{\"n\": \"{{who}}\"}\nHTTP 200\n"),
      "");
  EXPECT_EQ(sent(0),
            "PUT /p?x=1&q=J%20R&k.e=%C3%A9 HTTP/1.1\r\nHost: h\r\nA: J R\r\nEmpty:\r\n"
            "Content-Type: application/json\r\nB: c\r\n" +
                std::string(k_common) +
                "Authorization: Basic Ym9iOnB3\r\nCookie: c=d e; f=g\r\nContent-Length: 12\r\n\r\n{\"n\": \"J R\"}");
}

TEST_F(HurlRun, sends_every_kind_of_body) {
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"[Form]\na.b: c d&e\nf: \n", "a.b=c%20d%26e&f=", "application/x-www-form-urlencoded"},
      {"<a>b</a>\n", "<a>b</a>", "application/xml"},
      {"`text`\n", "text", ""},
      {"```json\n{}\n```\n", "{}\n", "application/json"},
      {"```xml\n<a/>\n```\n", "<a/>\n", "application/xml"},
      {"```graphql\nquery { a }\n```\n", "{\"query\":\"query { a }\\n\"}", "application/json"},
      {"hex,0041ff;\n", "\0A\xff", ""},
      {"base64,SGk=;\n", "Hi", ""},
      {"file,a.txt;\n", "file content", ""},
  };
  std::size_t at = 0;
  for (const auto& [text, body, type] : cases) {
    network.answer(answer(200));
    EXPECT_EQ(failure("POST http://h\n" + std::string(text)), "") << text;
    EXPECT_EQ(body_sent(at), at == 6 ? std::string("\0A\xff", 3) : body) << text;
    const bool typed = base::contains(sent(at), "Content-Type: ");
    EXPECT_EQ(typed, *type != '\0') << text;
    EXPECT_TRUE(!typed || base::contains(sent(at), std::string("Content-Type: ") + type + "\r\n")) << sent(at);
    ++at;
  }
  network.answer(answer(200));
  EXPECT_EQ(failure("POST http://h\nContent-Type: application/vnd.x\n{}\n"), "");
  EXPECT_FALSE(base::contains(sent(at), "application/json"));
}

TEST_F(HurlRun, sends_multipart_forms) {
  variables.set("n", hurl::Value::of(json::Value("f\"g")));
  network.answer(answer(200));
  EXPECT_EQ(failure("POST http://h\n[Multipart]\na: b\n{{n}}: file,a.txt;\nh: file,a.txt; text/x\n"), "");
  const std::string body = body_sent(0);
  const std::string boundary = body.substr(2, body.find("\r\n") - 2);
  EXPECT_TRUE(base::contains(sent(0), "Content-Type: multipart/form-data; boundary=" + boundary + "\r\n"));
  const std::string part = "--" + boundary + "\r\nContent-Disposition: form-data; name=";
  EXPECT_EQ(body, part + "\"a\"\r\n\r\nb\r\n" + part +
                      "\"f%22g\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\nfile content\r\n" + part +
                      "\"h\"; filename=\"a.txt\"\r\nContent-Type: text/x\r\n\r\nfile content\r\n--" + boundary +
                      "--\r\n");
}

TEST_F(HurlRun, captures_and_cookies_travel_from_entry_to_entry) {
  network.answer(answer(200, "Set-Cookie: s=1\r\nSet-Cookie: t=2; Path=/other\r\n", R"({"id": 7})"));
  network.answer(answer(201));
  EXPECT_EQ(failure("GET http://h/a\nHTTP 200\n[Captures]\nid: jsonpath \"$.id\"\n\n"
                    "POST http://h/b/{{id}}\nAuthorization: x\n[BasicAuth]\nu: p\n[Cookies]\nc: d\nHTTP 201\n"),
            "");
  EXPECT_TRUE(base::contains(sent(1), "POST /b/7 HTTP/1.1\r\n"));
  EXPECT_TRUE(base::contains(sent(1), "Authorization: x\r\nAuthorization: Basic dTpw\r\n"));
  EXPECT_TRUE(base::contains(sent(1), "Cookie: s=1; c=d\r\n"));
}

TEST_F(HurlRun, the_first_entry_that_fails_ends_the_file) {
  network.answer(answer(500));
  EXPECT_EQ(failure("GET http://h/a\nHTTP 200\n\nGET http://h/b\nHTTP 200\n"), "2:6 status: 500");
  EXPECT_EQ(network.connections.size(), 1U);
}

TEST_F(HurlRun, tries_again_until_it_holds_or_the_tries_are_over) {
  for (int i = 0; i < 5; ++i) network.answer(answer(i == 2 ? 200 : 503));
  const base::Instant start = clock.monotonic();
  const auto good = run("GET http://h\n[Options]\nretry: 3\nretry-interval: 2s\nHTTP 200\n");
  EXPECT_TRUE(good.passed());
  EXPECT_EQ(good.entries[0].calls, 3);
  EXPECT_EQ(clock.monotonic() - start, base::Millis(4'000));
  EXPECT_EQ(failure("GET http://h\n[Options]\nretry: 1\nHTTP 200\n"), "4:6 status: 503");
  EXPECT_EQ(network.connections.size(), 5U);
}

TEST_F(HurlRun, retrying_for_ever_ends_with_the_time_of_the_run) {
  for (int i = 0; i < 20; ++i) network.answer(answer(503));
  options.deadline = clock.monotonic() + base::Millis(10'500);
  EXPECT_EQ(failure("GET http://h\n[Options]\nretry: -1\nHTTP 200\n"), "4:6 status: 503");
  EXPECT_EQ(network.connections.size(), 11U);
}

TEST_F(HurlRun, repeats_skips_and_delays) {
  for (int i = 0; i < 4; ++i) network.answer(answer(200));
  const base::Instant start = clock.monotonic();
  const auto result =
      run("GET http://h/a\n[Options]\nrepeat: 3\ndelay: 100\nHTTP 200\n\nGET http://h/b\n[Options]\nskip: true\n\n"
          "GET http://h/c\n[Options]\nrepeat: 0\n\nGET http://h/d\n");
  EXPECT_TRUE(result.passed());
  ASSERT_EQ(result.entries.size(), 2U);
  EXPECT_EQ(result.entries[0].calls, 3);
  EXPECT_EQ(result.entries[1].request, "GET http://h/d");
  EXPECT_EQ(clock.monotonic() - start, base::Millis(300));
}

TEST_F(HurlRun, redirects_are_followed_when_asked_with_the_method_that_libcurl_takes) {
  const std::string to = "Location: /next?x=1\r\nSet-Cookie: c=1; Path=/\r\n";
  network.answer(answer(302, to));
  EXPECT_EQ(failure("GET http://h/a\nHTTP 302\n"), "");
  std::size_t at = 1;
  for (const auto& [status, method, body] :
       {std::tuple{301, "GET", ""}, {303, "GET", ""}, {307, "POST", "x"}, {308, "POST", "x"}}) {
    network.answer(answer(status, to));
    network.answer(answer(200));
    EXPECT_EQ(
        failure("POST http://h/a\n[Options]\nlocation: true\n`x`\nHTTP 200\n[Asserts]\nurl == \"http://h/next?x=1\"\n"),
        "");
    EXPECT_TRUE(sent(at + 1).starts_with(method + std::string(" /next?x=1 "))) << sent(at + 1);
    EXPECT_EQ(body_sent(at + 1), body);
    EXPECT_TRUE(base::contains(sent(at + 1), "Cookie: c=1\r\n"));
    at += 2;
  }
}

TEST_F(HurlRun, redirects_for_ever_end_and_are_named) {
  for (int i = 0; i < 60; ++i) network.talks.push_back(Talk{{}, Talk::Then::ends, {answer(302, "Location: /a\r\n")}});
  const auto result = run("GET http://h/a\n[Options]\nlocation: true\nHTTP 200\n");
  EXPECT_EQ(result.entries[0].code, "redirects");
  EXPECT_EQ(result.entries[0].calls, 51);
  EXPECT_EQ(failure("GET http://h/a\n[Options]\nlocation: true\nmax-redirs: 2\nHTTP 200\n"),
            "1:5 request: there are more than 2 redirects: the option max-redirs allows more");
}

TEST_F(HurlRun, a_redirect_to_another_origin_loses_the_password) {
  for (const char* where : {"http://other/", "http://h:81/"}) {
    network.answer(answer(302, std::string("Location: ") + where + "\r\n"));
    network.answer(answer(200));
    EXPECT_EQ(
        failure("GET http://h/a\nAuthorization: secret\nCookie: mine\nX: y\n[Options]\nlocation: true\nuser: a:b\n"),
        "");
    const std::string& second = network.connections.back()->received;
    EXPECT_FALSE(base::contains(second, "Authorization") || base::contains(second, "Cookie")) << second;
    EXPECT_TRUE(base::contains(second, "X: y\r\n"));
  }
}

TEST_F(HurlRun, connect_to_changes_where_and_not_what) {
  network.answer(answer(200));
  EXPECT_EQ(failure("GET http://h/a\n[Options]\nconnect-to: h:80:127.0.0.1:8080\n"), "");
  EXPECT_EQ(network.connections[0]->host + " " + std::to_string(network.connections[0]->port), "127.0.0.1 8080");
  EXPECT_TRUE(base::contains(sent(0), "Host: h\r\n"));
  for (const auto& [text, host] : {std::pair{"other:80:x:1", "h 80"}, {":::99", "h 99"}, {"::[::1]:", "::1 80"}}) {
    network.answer(answer(200));
    EXPECT_EQ(failure(std::string("GET http://h/a\n[Options]\nconnect-to: ") + text + "\n"), "");
    EXPECT_EQ(network.connections.back()->host + " " + std::to_string(network.connections.back()->port), host) << text;
  }
  EXPECT_TRUE(base::contains(failure("GET http://h/a\n[Options]\nconnect-to: x\n"), "connect-to is not HOST1"));
}

TEST_F(HurlRun, content_encodings_are_undone) {
  const std::string raw("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb\xc8\x04\x00\xac\x2a\x93\xd8\x02\x00\x00\x00", 22);
  network.answer(answer(200, "Content-Encoding: gzip\r\n", raw));
  EXPECT_EQ(failure("GET http://h\nHTTP 200\n`hi`\n"), "");
  network.answer(answer(200, "Content-Encoding: br\r\n", "xx"));
  EXPECT_EQ(failure("GET http://h\nHTTP 200\n[Asserts]\nbody == \"hi\"\n"),
            "4:1 body == \"hi\": the Content-Encoding 'br' is not supported: gzip and deflate are");
  network.answer(answer(200, "Content-Encoding: gzip\r\n", "not zipped"));
  EXPECT_TRUE(failure("GET http://h\nHTTP 200\n[Asserts]\nbytes count > 0\n")
                  .starts_with("4:1 bytes count > 0: the body is no gzip"));
  network.answer(answer(200, "Content-Encoding: br\r\n", "xx"));
  EXPECT_EQ(failure("GET http://h\nHTTP 200\n"), "");
}

TEST_F(HurlRun, what_goes_wrong_before_an_answer_has_its_place_and_name) {
  EXPECT_EQ(failure("GET http://h/a\nHTTP 200\n"), "1:5 request: nobody listens");
  EXPECT_EQ(failure("# c\nGET http://h/{{missing}}\n"), "2:16 request: the variable 'missing' is not set");
  EXPECT_EQ(failure("GET {{u}}/x\n[Options]\nvariable: u=ftp://h\n"),
            "1:5 request: a URL begins with http:// or https://");
  EXPECT_EQ(failure("GET http://h\n[Options]\nretry: {{missing}}\n"),
            "3:10 options: the variable 'missing' is not set");
  EXPECT_TRUE(failure("POST http://h\nfile,none;\n").ends_with("there is no file none"));
  variables.set("v", hurl::Value::of(json::Value("a\r\nB: c")));
  EXPECT_EQ(failure("GET http://h\nA: {{v}}\n"), "2:1 request: a header that may not be sent");
  network.talks.push_back(Talk{{}, Talk::Then::hangs, {""}});
  const auto silent = run("GET http://h\n");
  EXPECT_EQ(silent.entries[0].code, "timeout");
  EXPECT_EQ(silent.entries[0].findings[0].actual, "the server did not answer in time");
}

TEST_F(HurlRun, insecure_is_refused_unless_allowed) {
  const std::string text = "GET https://h\n[Options]\ninsecure: true\n";
  const auto file = hurl::parse(text, "t.hurl");
  const base::Done refused = hurl::check_allowed(*file, options);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().what, "t.hurl:3:11: the option insecure is not allowed here");
  EXPECT_TRUE(failure("GET https://h\n[Options]\nvariable: i=true\ninsecure: {{i}}\n")
                  .starts_with("1:1 insecure: the option insecure is not allowed here"));
  options.allow_insecure = true;
  EXPECT_TRUE(hurl::check_allowed(*file, options));
  EXPECT_TRUE(run(text).insecure);
  EXPECT_FALSE(run("GET http://h\n[Options]\ninsecure: true\n").insecure);
}

TEST_F(HurlRun, what_a_capture_redacts_is_told_as_a_secret) {
  network.answer(answer(200, "Token: abcdef\r\n"));
  EXPECT_EQ(failure("GET http://h\nHTTP 200\n[Captures]\nt: header \"Token\" redact\nu: status\n"), "");
  EXPECT_EQ(secrets, std::vector<std::string>{"abcdef"});
}

TEST_F(HurlRun, a_stop_ends_everything) {
  network.talks.push_back(Talk{{}, Talk::Then::hangs, {""}});
  clock.plan(clock.monotonic() + base::Millis(10), [this] { stop.request(sys::StopKind::interrupt); });
  EXPECT_EQ(try_run("GET http://h\n[Options]\nretry: 5\n").error().kind, base::Outcome::interrupted);
}

TEST_F(HurlRun, headers_in_another_charset_can_be_judged) {
  network.answer("HTTP/1.1 200 OK\r\nX: caf\xe9\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(failure("GET http://h\nHTTP 200\n[Asserts]\nheader \"X\" == \"café\"\n"), "");
}
