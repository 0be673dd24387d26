#include "hurl/judge.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "hurl/parse.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using test::is_ok;

namespace {

class OneFile : public hurl::Files {
 public:
  base::Result<std::string> read(std::string_view name) override {
    if (name == "a.bin") return std::string("file content");
    return base::fail(base::Outcome::config, "there is no file " + std::string(name));
  }
};

hurl::Response a_response() {
  hurl::Response response;
  response.status = 200;
  response.url = "https://h/a?q=a%20b+c&r";
  response.ip = "127.0.0.1";
  response.duration = base::Millis(12);
  response.headers = {
      {"Content-Type", "application/json; charset=UTF-8"},
      {"vary", "A"},
      {"Vary", "B"},
      {"Date", "2024-05-06"},
      {"Set-Cookie", "id=v1; Path=/x; HttpOnly; Max-Age=60; Expires=Wed, 13 Jan 2021 22:23:01 GMT; SameSite=Lax"},
      {"Set-Cookie", "old=; Expires=Thu, 1-Jan-1970 00:00:00 GMT; Max-Age=-1"}};
  response.body =
      R"({"n":3,"f":1.5,"whole":1.0,"s":"Hello","e":"","z":null,"t":true,"list":[1,2,"x"],"none":[],"o":{"a":1},"csv":"a,b,c",)"
      R"("b64":"SGk=","url":"a b/é","num":"-12","text":"{\"k\":[5]}","date":"2024-05-06T07:08:09Z"})";
  http1::Certificate certificate;
  certificate.subject = "CN = h";
  certificate.issuer = "CN = ca";
  certificate.serial_number = "0a:1b";
  certificate.start.since_epoch = base::Millis(std::int64_t{86'400'000} * 10);
  certificate.expire.since_epoch = base::Millis(std::int64_t{86'400'000} * 50 + 1);
  response.certificate = certificate;
  return response;
}

constexpr base::WallTime k_now{base::Millis(std::int64_t{86'400'000} * 20)};

hurl::Judgement judged(std::string_view expectation, const hurl::Response& response, hurl::Variables& variables) {
  const auto file = hurl::parse("GET http://h\n" + std::string(expectation), "t.hurl");
  EXPECT_TRUE(is_ok(file)) << expectation;
  if (!file) return {};
  OneFile files;
  return hurl::judge(*file->entries[0].response, response, "t.hurl", variables, &files, k_now);
}

// "" when everything holds, else what is wrong: assertion, actual, expected.
std::string failure(std::string_view expectation, const hurl::Response& response = a_response()) {
  hurl::Variables variables;
  variables.set("three", hurl::Value::of(json::Value(3)));
  variables.set("word", hurl::Value::of(json::Value("Hello")));
  variables.set("some", hurl::Value::of(json::Value(json::Array{json::Value(1)})));
  const hurl::Judgement judgement = judged(expectation, response, variables);
  for (const hurl::Finding& finding : judgement.findings) {
    if (!finding.passed) return finding.assertion + " / " + finding.actual + " / " + finding.expected;
  }
  EXPECT_FALSE(judgement.findings.empty());
  return {};
}

std::string assert_failure(std::string_view line) { return failure("HTTP *\n[Asserts]\n" + std::string(line)); }

}  // namespace

// DV-04: status, headers and body of an answer. DV-05: values captured for the next request. Both open until they run
// over HTTP.
TEST(HurlJudge, asserts_that_hold) {
  for (const std::string_view line : {"status == 200",
                                      "status < 300",
                                      "status isInteger",
                                      "version == \"1.1\"",
                                      "url startsWith \"https://h/\"",
                                      "ip == \"127.0.0.1\"",
                                      "duration <= 12",
                                      "header \"content-type\" contains \"json\"",
                                      "header \"Vary\" count == 2",
                                      "header \"Vary\" includes \"B\"",
                                      "header \"X\" not exists",
                                      "header \"Date\" matches /^\\d{4}-\\d{2}-\\d{2}$/",
                                      "header \"Date\" matches \"^\\\\d{4}\"",
                                      "cookie \"id\" == \"v1\"",
                                      "cookie \"id[Value]\" == \"v1\"",
                                      "cookie \"id[Path]\" == \"/x\"",
                                      "cookie \"id[HttpOnly]\" exists",
                                      "cookie \"id[Secure]\" not exists",
                                      "cookie \"id[Max-Age]\" == 60",
                                      "cookie \"id[SameSite]\" == \"Lax\"",
                                      "cookie \"id[Expires]\" isDate",
                                      "cookie \"old\" isEmpty",
                                      "cookie \"old[Max-Age]\" == -1",
                                      "cookie \"old[Expires]\" daysBeforeNow == 20",
                                      "cookie \"i\" not exists",
                                      "body contains \"Hello\"",
                                      "bytes count > 10",
                                      "bytes startsWith hex,7b22;",
                                      "sha256 != hex,00;"}) {
    EXPECT_EQ(assert_failure(line), "") << line;
  }
  for (const std::string_view line :
       {"jsonpath \"$.n\" == 3.0",
        "jsonpath \"$.n\" == {{three}}",
        "jsonpath \"$.n\" != 4",
        "jsonpath \"$.n\" >= 3",
        "jsonpath \"$.n\" isNumber",
        "jsonpath \"$.f\" isFloat",
        "jsonpath \"$.whole\" isFloat",
        "jsonpath \"$.f\" not isInteger",
        "jsonpath \"$.f\" < 2",
        "jsonpath \"$.s\" == \"Hello\"",
        "jsonpath \"$.s\" == \"{{word}}\"",
        "jsonpath \"$.s\" == {{word}}",
        "jsonpath \"$.s\" endsWith \"lo\"",
        "jsonpath \"$.s\" > \"Hallo\"",
        "jsonpath \"$.s\" isString",
        "jsonpath \"$.s\" not matches /^h/",
        "jsonpath \"$.s\" matches /(?i)^h/",
        "jsonpath \"$.e\" isEmpty",
        "jsonpath \"$.z\" == null",
        "jsonpath \"$.z\" exists",
        "jsonpath \"$.missing\" not exists",
        "jsonpath \"$.missing\" not == 1",
        "jsonpath \"$.t\" == true",
        "jsonpath \"$.t\" isBoolean",
        "jsonpath \"$.list\" count == 3",
        "jsonpath \"$.list\" includes \"x\"",
        "jsonpath \"$.list\" includes 2",
        "jsonpath \"$.list\" not includes 7",
        "jsonpath \"$.list\" isCollection",
        "jsonpath \"$.list\" isList",
        "jsonpath \"$.list[*]\" count == 3",
        "jsonpath \"$.list\" contains \"x\"",
        "jsonpath \"$.list\" contains 2",
        "jsonpath \"$.list\" not contains 7",
        "jsonpath \"$.list[?@ == 2]\" == 2",
        "jsonpath \"$..zz\" not exists",
        "jsonpath \"$.none\" isEmpty",
        "jsonpath \"$.o\" isObject",
        "jsonpath \"$.o\" isCollection",
        "jsonpath \"$.o\" not isEmpty",
        "jsonpath \"$.list[?@=={{three}}]\" not exists",
        "ip isIpv4",
        "ip not isIpv6",
        "ip not isUuid",
        "jsonpath \"$.date\" isIsoDate",
        "jsonpath \"$.list\" nth 0 == 1",
        "jsonpath \"$.list\" nth -1 == \"x\"",
        "jsonpath \"$.list\" first == 1",
        "jsonpath \"$.list\" last == \"x\"",
        "jsonpath \"$.none\" first not exists",
        "jsonpath \"$.csv\" split \",\" count == 3",
        "jsonpath \"$.csv\" split \",\" nth 1 == \"b\"",
        "jsonpath \"$.csv\" replace \",\" \"-\" == \"a-b-c\"",
        "jsonpath \"$.csv\" replaceRegex /[ac]/ \"<$0>\" == \"<a>,b,<c>\"",
        "jsonpath \"$.csv\" regex /,(.),/ == \"b\"",
        "jsonpath \"$.csv\" regex /(z)/ not exists",
        "jsonpath \"$.num\" toInt == -12",
        "jsonpath \"$.f\" toInt == 1",
        "jsonpath \"$.num\" toFloat isFloat",
        "jsonpath \"$.n\" toString == \"3\"",
        "jsonpath \"$.b64\" base64Decode == hex,4869;",
        "jsonpath \"$.b64\" base64Decode utf8Decode == \"Hi\"",
        "jsonpath \"$.s\" utf8Encode base64Encode == \"SGVsbG8=\"",
        "jsonpath \"$.s\" utf8Encode toHex == \"48656c6c6f\"",
        "jsonpath \"$.s\" utf8Encode base64UrlSafeEncode base64UrlSafeDecode decode \"latin1\" == \"Hello\"",
        "jsonpath \"$.url\" urlEncode == \"a%20b/%C3%A9\"",
        "jsonpath \"$.url\" urlEncode urlDecode == \"a b/\\u{e9}\"",
        "url urlQueryParam \"q\" == \"a b c\"",
        "url urlQueryParam \"r\" == \"\"",
        "url urlQueryParam \"x\" not exists",
        "jsonpath \"$.text\" jsonpath \"$.k[0]\" == 5",
        "jsonpath \"$.s\" htmlEscape == \"Hello\"",
        "regex \"\\\"s\\\":\\\"(\\\\w+)\\\"\" == \"Hello\"",
        "regex /(zzz)/ not exists",
        "variable \"three\" == 3",
        "variable \"nope\" not exists",
        "certificate \"Subject\" == \"CN = h\"",
        "certificate \"Expire-Date\" daysAfterNow == 30",
        "certificate \"Start-Date\" daysBeforeNow == 10",
        "certificate \"Serial-Number\" matches /^0a/",
        "certificate \"Issuer\" exists"}) {
    EXPECT_EQ(assert_failure(line), "") << line;
  }
}

TEST(HurlJudge, asserts_that_fail_say_what_was_there) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"status == 404", "status == 404 / integer 200 / integer 404"},
      {"jsonpath \"$.n\" > 3", "integer 3 / > integer 3"},
      {"jsonpath \"$.s\" == \"x\"", "string \"Hello\" / string \"x\""},
      {"jsonpath \"$.n\" == \"3\"", "integer 3 / string \"3\""},
      {"jsonpath \"$.missing\" exists", "nothing / something"},
      {"jsonpath \"$.missing\" == null", "nothing / null"},
      {"jsonpath \"$.missing\" != 1", "nothing / other than integer 1"},
      {"jsonpath \"$.n\" not exists", "integer 3 / not something"},
      {"jsonpath \"$.n\" contains \"3\"", "which this predicate cannot judge / contains string \"3\""},
      {"jsonpath \"$.n\" not contains \"3\"", "which this predicate cannot judge"},
      {"jsonpath \"$.n\" not matches /x/", "which this predicate cannot judge"},
      {"jsonpath \"$.s\" not > 3", "which this predicate cannot judge"},
      {"jsonpath \"$.n\" isEmpty", "which this predicate cannot judge"},
      {"jsonpath \"$.s\" includes \"H\"", "which this predicate cannot judge"},
      {"cookie \"id[HttpOnly]\" == true", "something without a value, which this predicate cannot judge"},
      {"header \"Vary\" == \"A\"", "list of 2 [\"A\",\"B\"] / string \"A\""},
      {"jsonpath \"$.missing\" count == 0", "the query gives nothing, so there is nothing to filter"},
      {"jsonpath \"$.s\" count == 5", "the filter needs a list or bytes and was given string \"Hello\""},
      {"jsonpath \"$.list\" nth 3 == 1", "nth is out of bounds: the list has 3 items"},
      {"jsonpath \"$.list\" nth {{word}} == 1", "nth needs an integer"},
      {"jsonpath \"$.s\" toInt == 1", "the filter needs a whole number"},
      {"jsonpath \"$.s\" toFloat == 1", "the filter needs a number"},
      {"jsonpath \"$.s\" base64Decode exists", "base64: "},
      {"jsonpath \"$.s\" jsonpath \"$\" exists", "the value is not valid JSON"},
      {"jsonpath \"$.n\" split \",\" exists", "the filter needs a string"},
      {"jsonpath \"$.n\" == {{nope}}", "t.hurl:4:21: the variable 'nope' is not set"},
      {"jsonpath \"{{nope}}\" exists", "the variable 'nope' is not set"},
      {"header \"{{some}}\" exists", "the variable 'some' is no text: list of 1 [1]"},
      {"jsonpath \"$.{{word}}.\" exists", "not a valid JSONPath query at column 9"},
      {"body matches \"{{word}}(\"", "not a valid regular expression"},
      {"bytes decode \"utf-16\" exists", "the charset 'utf-16' is not supported"},
      {"bytes == file,missing;", "there is no file missing"},
  };
  for (const auto& [line, expected] : cases) {
    const std::string said = assert_failure(line);
    EXPECT_TRUE(base::contains(said, expected)) << line << "\n  said: " << said;
  }
}

TEST(HurlJudge, implicit_asserts) {
  EXPECT_EQ(failure("HTTP 200\nDate: 2024-05-06\nvary: B"), "");
  EXPECT_EQ(failure("HTTP/1.1 200"), "");
  EXPECT_EQ(failure("HTTP/1.0 200"), "version / HTTP/1.1 / HTTP/1.0");
  EXPECT_EQ(failure("HTTP 201"), "status / 200 / 201");
  EXPECT_EQ(failure("HTTP 200\nVary: C"), "header Vary / A, B / C");
  EXPECT_EQ(failure("HTTP 200\nX: C"), "header X / none / C");
  hurl::Response response;
  response.status = 200;
  response.body = "Hello\n";
  EXPECT_EQ(failure("HTTP 200\n```\n{{word}}\n```", response), "");
  EXPECT_EQ(failure("HTTP 200\n`Hello\\n`", response), "");
  EXPECT_EQ(failure("HTTP 200\nbase64,SGVsbG8K;", response), "");
  EXPECT_EQ(failure("HTTP 200\n`Hello`", response), "body / string \"Hello\\n\" / string \"Hello\"");
  EXPECT_EQ(failure("HTTP 200\nfile,a.bin;", response), "body / bytes 48656c6c6f0a / bytes 66696c6520636f6e74656e74");
  response.body = "{\"a\": [3, \"Hello\"]}";
  EXPECT_EQ(failure("HTTP 200\n{\"a\": [{{three}}, \"{{word}}\"]}", response), "");
  EXPECT_NE(failure("HTTP 200\n{\"a\":[3,\"Hello\"]}", response), "");  // white space counts, as in Hurl
  EXPECT_TRUE(base::contains(failure("HTTP 200\n{\"a\": {{word}}}", response), "is no number, boolean or null"));
  response.body = "caf\xe9";
  EXPECT_TRUE(base::contains(failure("HTTP 200\n[Asserts]\nbody == \"x\"", response), "not valid UTF-8"));
  response.headers = {{"Content-Type", "text/plain; Charset=\"ISO-8859-1\""}};
  EXPECT_EQ(failure("HTTP 200\n[Asserts]\nbody == \"caf\\u{e9}\"", response), "");
  EXPECT_TRUE(
      base::contains(failure("HTTP 200\n[Asserts]\njsonpath \"$\" exists", response), "the body is not valid JSON"));
}

TEST(HurlJudge, a_wrong_status_ends_the_judgement) {
  hurl::Variables variables;
  const hurl::Judgement judgement =
      judged("HTTP 404\n[Captures]\na: jsonpath \"$.n\"\n[Asserts]\nstatus == 404", a_response(), variables);
  EXPECT_EQ(judgement.findings.size(), 1U);
  EXPECT_FALSE(judgement.passed());
  EXPECT_EQ(variables.find("a"), nullptr);
}

TEST(HurlJudge, captures_are_there_for_what_follows) {
  hurl::Variables variables;
  const hurl::Judgement judgement = judged(
      "HTTP 200\n[Captures]\na: jsonpath \"$.n\"\n{{key}}b: jsonpath \"$.list[{{zero}}]\"\nc: variable "
      "\"a\"\n[Asserts]\nvariable \"a\" == 3\nvariable \"c\" == {{a}}",
      a_response(), variables);
  EXPECT_FALSE(judgement.passed());
  EXPECT_EQ(judgement.findings.back().assertion, "capture");
  EXPECT_EQ(judgement.captured, std::vector<std::string>{"a"});

  variables.set("key", hurl::Value::of(json::Value("k")));
  variables.set("zero", hurl::Value::of(json::Value(0)));
  const hurl::Judgement again = judged(
      "HTTP 200\n[Captures]\na: jsonpath \"$.n\"\n{{key}}b: jsonpath \"$.list[{{zero}}]\"\nc: variable "
      "\"a\"\n[Asserts]\nvariable \"a\" == 3\nvariable \"c\" == {{a}}",
      a_response(), variables);
  EXPECT_TRUE(again.passed());
  EXPECT_EQ(again.captured, (std::vector<std::string>{"a", "kb", "c"}));
  EXPECT_EQ(variables.find("kb")->json, json::Value(1));

  const hurl::Judgement missing = judged("HTTP 200\n[Captures]\nx: jsonpath \"$.nope\"", a_response(), variables);
  EXPECT_EQ(missing.findings.back().actual, "the query gives nothing");
}

TEST(HurlRender, bodies) {
  hurl::Variables variables;
  variables.set("v", hurl::Value::of(json::Value("a\"b\n")));
  variables.set("n", hurl::Value::of(json::Value(7)));
  const auto rendered = [&variables](std::string_view body) {
    const auto file = hurl::parse("POST http://h\n" + std::string(body), "t.hurl");
    EXPECT_TRUE(is_ok(file)) << body;
    OneFile files;
    auto text = hurl::render_body(file->entries[0].request.body, "t.hurl", variables, &files);
    return text ? std::move(text).value() : text.error().what;
  };
  EXPECT_EQ(rendered("{\"a\": \"{{v}}\", \"b\": {{n}}}"), "{\"a\": \"a\\\"b\\n\", \"b\": 7}");
  EXPECT_EQ(rendered("```\n{{v}}{{n}}\n```"), "a\"b\n7\n");
  EXPECT_EQ(rendered("```graphql\n{ a }\nvariables {\"n\": {{n}}}\n```"),
            R"({"query":"{ a }\n","variables":{"n": 7}})");
  EXPECT_EQ(rendered("file,a.bin;"), "file content");
  EXPECT_EQ(rendered("{\"b\": {{v}}}"),
            "t.hurl:2:9: the variable 'v' is no number, boolean or null: string \"a\\\"b\\n\"");
}

TEST(HurlJudge, knows_addresses_and_uuids) {
  const std::pair<const char*, const char*> cases[] = {{"::1", "isIpv6"},
                                                       {"1.2.3.4", "not isIpv6"},
                                                       {"1.2.3.04", "not isIpv4"},
                                                       {"1.2.3", "not isIpv4"},
                                                       {"550e8400-e29b-41d4-a716-446655440000", "isUuid"},
                                                       {"550E8400E29B41D4A716446655440000", "isUuid"},
                                                       {"{550e8400-e29b-41d4-a716-446655440000}", "isUuid"},
                                                       {"urn:uuid:550e8400-e29b-41d4-a716-446655440000", "isUuid"},
                                                       {"550e8400-e29b-41d4-a716-44665544000g", "not isUuid"},
                                                       {"550e8400e-29b-41d4-a716-446655440000", "not isUuid"},
                                                       {"", "not isUuid"}};
  for (const auto& [text, predicate] : cases) {
    hurl::Response response = a_response();
    response.headers = {{"A", text}};
    EXPECT_EQ(failure("HTTP *\n[Asserts]\nheader \"A\" " + std::string(predicate), response), "") << text;
  }
}
