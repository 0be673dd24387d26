#include "hurl/parse.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "hurl/options.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using test::has_kind;
using test::is_ok;

namespace {

hurl::File parsed(std::string_view text) {
  auto file = hurl::parse(text, "t.hurl");
  EXPECT_TRUE(is_ok(file)) << text;
  return file ? std::move(file).value() : hurl::File{};
}

// The error's sentence and cure; empty for a file that is accepted.
std::string refusal(std::string_view text) {
  const auto file = hurl::parse(text, "t.hurl");
  if (file) return {};
  EXPECT_TRUE(has_kind(file, base::Outcome::config));
  return file.error().what + (file.error().cure.empty() ? "" : " | " + file.error().cure);
}

// Pieces joined, variables as <name>, in JSON strings as <"name">, as JSON values as <=name>.
std::string shown(const hurl::Template& text) {
  std::string result;
  for (const hurl::Piece& piece : text.pieces) {
    switch (piece.kind) {
      case hurl::Piece::Kind::text:
        result += piece.text;
        break;
      case hurl::Piece::Kind::variable:
        result += "<" + piece.text + ">";
        break;
      case hurl::Piece::Kind::json_string:
        result += "<\"" + piece.text + "\">";
        break;
      case hurl::Piece::Kind::json_value:
        result += "<=" + piece.text + ">";
        break;
    }
  }
  return result;
}

std::string shown(const std::vector<hurl::KeyValue>& pairs) {
  std::string result;
  for (const hurl::KeyValue& pair : pairs) result += shown(pair.key) + "=" + shown(pair.value) + ";";
  return result;
}

std::string asserted(std::string_view line) {
  return "GET http://h/\nHTTP 200\n[Asserts]\n" + std::string(line) + "\n";
}

}  // namespace

// DV-04, DV-05: what a file can ask for. Their proofs stay open until it runs against a server.
TEST(HurlParse, every_part_of_a_request) {
  const hurl::File file = parsed(
      "\xEF\xBB\xBF# a comment\r\n"
      "\n"
      "  POST  https://{{host}}/a/b?x=1&y=[2]#comment\r\n"
      "Accept: text/html # comment\n"
      "X-Empty:\n"
      "\n"
      "X-Quote: \"kept\" \\u{e9}\\#{{ v }}  \t\n"
      "[Query]\n"
      "a.b[0]$@: x y\n"
      "k\\:\\u{20}{{n}} : z\n"
      "[Cookies]\n"
      "a: b=c\n"
      "[BasicAuth]\n"
      "bob: se cret\n"
      "[Multipart]\n"
      "plain: value\n"
      "upload: file,a\\ b.bin; application/octet-stream\n"
      "other: file, {{name}}.txt ;\n");
  ASSERT_EQ(file.entries.size(), 1U);
  const hurl::Request& request = file.entries[0].request;
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.place.line, 3U);
  EXPECT_EQ(request.place.column, 3U);
  EXPECT_EQ(shown(request.url), "https://<host>/a/b?x=1&y=[2]");
  EXPECT_EQ(shown(request.headers), "Accept=text/html;X-Empty=;X-Quote=\"kept\" \u00e9#<v>;");
  EXPECT_EQ(shown(request.query), "a.b[0]$@=x y;k: <n>=z;");
  EXPECT_EQ(shown(request.cookies), "a=b=c;");
  EXPECT_EQ(shown(request.basic_auth), "bob=se cret;");
  ASSERT_EQ(request.multipart.size(), 3U);
  EXPECT_FALSE(request.multipart[0].is_file);
  EXPECT_EQ(shown(request.multipart[1].value), "a b.bin");
  EXPECT_EQ(shown(request.multipart[1].content_type), "application/octet-stream");
  EXPECT_EQ(shown(request.multipart[2].value), "<name>.txt");
  EXPECT_FALSE(file.entries[0].response.has_value());
  EXPECT_EQ(shown(parsed("GET http://h\n[QueryStringParams]\na: b\n").entries[0].request.query), "a=b;");
  EXPECT_EQ(shown(parsed("GET http://h\n[FormParams]\na: b").entries[0].request.form), "a=b;");
  EXPECT_EQ(shown(parsed("GET http://h\n[Form]\n\n# c\na: b").entries[0].request.form), "a=b;");
}

TEST(HurlParse, every_kind_of_body) {
  struct Case {
    std::string_view text;
    hurl::Body::Kind kind;
    std::string_view content;
  };
  const Case cases[] = {
      {"{\n  \"a\": [1, -2.5e3, true, null, {{n}}], \"{{k}}\": \"x{{v}}\\n\\u00e9\"}", hurl::Body::Kind::json,
       "{\n  \"a\": [1, -2.5e3, true, null, <=n>], \"<\"k\">\": \"x<\"v\">\\n\\u00e9\"}"},
      {"[1,2]", hurl::Body::Kind::json, "[1,2]"},
      {"\"Hello\"", hurl::Body::Kind::json, "\"Hello\""},
      {"100", hurl::Body::Kind::json, "100"},
      {"true", hurl::Body::Kind::json, "true"},
      {"{ }", hurl::Body::Kind::json, "{ }"},
      {"<?xml version=\"1.0\"?>\n<a b='>'><!-- > --><c/><![CDATA[</a>]]></a>", hurl::Body::Kind::xml,
       "<?xml version=\"1.0\"?>\n<a b='>'><!-- > --><c/><![CDATA[</a>]]></a>"},
      {"<a/>", hurl::Body::Kind::xml, "<a/>"},
      {"```\nline {{v}}\n\\n\n```", hurl::Body::Kind::text, "line <v>\n\\n\n"},
      {"```\r\n```", hurl::Body::Kind::text, ""},
      {"```json\n{\"a\":1}\n```", hurl::Body::Kind::json, "{\"a\":1}\n"},
      {"```xml  \n<a/>\n```", hurl::Body::Kind::xml, "<a/>\n"},
      {"```raw\n{{v}}\n```", hurl::Body::Kind::text, "{{v}}\n"},
      {"`one {{v}} \\`line\\n`", hurl::Body::Kind::text, "one <v> `line\n"},
      {"base64, SGVs\n bG8= ;", hurl::Body::Kind::bytes, "Hello"},
      {"base64,SGVsbG8;", hurl::Body::Kind::bytes, "Hello"},
      {"hex, 48 ;", hurl::Body::Kind::bytes, "H"},
      {"file,a/{{v}}\\;.bin;", hurl::Body::Kind::file, "a/<v>;.bin"},
  };
  for (const Case& row : cases) {
    for (const std::string& before : {std::string("POST http://h\n"), std::string("POST http://h\nA: b\n\n# c\n  ")}) {
      const hurl::File file = parsed(before + std::string(row.text) + " # comment\n\nGET http://second");
      ASSERT_EQ(file.entries.size(), 2U) << row.text;
      const hurl::Body& body = file.entries[0].request.body;
      EXPECT_EQ(body.kind, row.kind) << row.text;
      EXPECT_EQ(body.kind == hurl::Body::Kind::bytes ? body.bytes : shown(body.text), row.content) << row.text;
    }
  }
  const hurl::Body graphql =
      parsed("POST http://h\n```graphql\nquery { a(x: \"{{v}}\") }\nvariables {\"n\": {{n}}}\n```\n")
          .entries[0]
          .request.body;
  EXPECT_EQ(graphql.kind, hurl::Body::Kind::graphql);
  EXPECT_EQ(shown(graphql.text), "query { a(x: \"<v>\") }\n");
  EXPECT_EQ(shown(graphql.variables), "{\"n\": <=n>}");
}

TEST(HurlParse, responses) {
  const hurl::File file = parsed(
      "GET http://a\nHTTP 200\n"
      "GET http://b\n\nHTTP/1.1   * # any\nContent-Type: text/plain\n[Captures]\nid: jsonpath \"$.id\" toInt redact\n"
      "x-y: header \"X\" regex /a(.*)\\/b/ # c\n[Asserts]\n\nstatus >= 200\n# c\njsonpath \"$.a[*]\" count == 3 # "
      "c\nbody not contains \"x # y\"\n`text`\n"
      "DELETE http://c");
  ASSERT_EQ(file.entries.size(), 3U);
  EXPECT_EQ(file.entries[0].response->status, 200);
  EXPECT_EQ(file.entries[0].response->version, "");
  const hurl::Expectation& second = *file.entries[1].response;
  EXPECT_EQ(second.status, 0);
  EXPECT_EQ(second.version, "1.1");
  EXPECT_EQ(shown(second.headers), "Content-Type=text/plain;");
  ASSERT_EQ(second.captures.size(), 2U);
  EXPECT_TRUE(second.captures[0].redacted);
  EXPECT_EQ(second.captures[0].filters.size(), 1U);
  EXPECT_FALSE(second.captures[1].redacted);
  ASSERT_EQ(second.asserts.size(), 3U);
  EXPECT_EQ(second.asserts[1].source, "jsonpath \"$.a[*]\" count == 3");
  EXPECT_EQ(second.asserts[1].place.line, 14U);
  EXPECT_TRUE(second.asserts[2].predicate.negated);
  EXPECT_EQ(shown(second.body.text), "text");
  EXPECT_FALSE(file.entries[2].response.has_value());
}

TEST(HurlParse, asserts_of_the_subset_are_accepted) {
  for (const std::string_view line : {"status == 200",
                                      "version == \"1.1\"",
                                      "url endsWith \"/a\"",
                                      "header \"A-{{b}}\" exists",
                                      "cookie \"a\" == \"b\"",
                                      "cookie \"a[HttpOnly]\" not exists",
                                      "cookie \"a[ max-age ]\" > 0",
                                      "body == `x`",
                                      "body == ```\nx\n```",
                                      "bytes startsWith hex,efbbbf;",
                                      "bytes endsWith base64,AA==;",
                                      "bytes == file,a.bin;",
                                      "duration < 1000",
                                      "regex \"a(\\\\d+)\" == \"1\"",
                                      "regex /a(\\d+)/ toInt == 1",
                                      "sha256 == hex,00;",
                                      "variable \"x\" isString",
                                      "certificate \"Expire-Date\" daysAfterNow > 15",
                                      "jsonpath \"$.x\" == {{y}}",
                                      "jsonpath \"$.x\" != null",
                                      "jsonpath \"$.x\" == -1.5",
                                      "jsonpath \"$..x\" includes true",
                                      "jsonpath \"$['{{k}}']\" isInteger",
                                      "jsonpath \"$.x\" split \",\" nth -1 replace \"a\" \"b\" == \"c\"",
                                      "jsonpath \"$.x\" nth {{i}} isFloat",
                                      "header \"a\" matches /^\\d{4}$/",
                                      "header \"a\" matches \"^\\\\d{4}$\"",
                                      "body urlDecode urlEncode htmlEscape contains \"x\"",
                                      "jsonpath \"$.x\" base64Decode utf8Decode isEmpty",
                                      "bytes decode \"utf-8\" jsonpath \"$.a\" exists",
                                      "body replaceRegex /\\s+/ \" \" == \"a\"",
                                      "url urlQueryParam \"q\" == \"1\"",
                                      "jsonpath \"$.x\" isBoolean",
                                      "jsonpath \"$.x\" isNumber",
                                      "jsonpath \"$.x\" isCollection",
                                      "jsonpath \"$.x\" isIsoDate",
                                      "ip == \"127.0.0.1\"",
                                      "jsonpath \"$.x\" >= \"a\"",
                                      "bytes count > 3",
                                      "jsonpath \"$.x\" first last toString toFloat isFloat",
                                      "bytes toHex == \"00\""}) {
    EXPECT_EQ(refusal(asserted(line)), "") << line;
  }
}

TEST(HurlParse, refuses_with_place_and_way_out) {
  const std::pair<std::string, std::string_view> cases[] = {
      {asserted("status equals 200"), "t.hurl:4:8: 'equals' is not supported | removed in Hurl 6.1; write =="},
      {asserted("status notEquals 200"), "t.hurl:4:8: 'notEquals' is not supported | removed in Hurl 6.1; write !="},
      {asserted("status greaterThan 200"), "4:8: 'greaterThan' is not supported | removed in Hurl 6.1; write >"},
      {asserted("status lessThanOrEquals 200"), "removed in Hurl 6.1; write <="},
      {asserted("jsonpath \"$\" countEquals 3"),
       "4:14: 'countEquals' is not supported | removed from Hurl; write count =="},
      {asserted("xpath \"//a\" exists"), "4:1: 'xpath' is not supported"},
      {asserted("body xpath \"//a\" exists"), "4:6: 'xpath' is not supported"},
      {asserted("md5 == hex,00;"), "4:1: 'md5' is not supported | use sha256"},
      {asserted("redirects count == 1"), "'redirects' is not supported"},
      {asserted("header \"x\" toDate \"%Y\" exists"), "'toDate' is not supported"},
      {asserted("foo == 1"), "4:1: 'foo' is no query"},
      {asserted("status is 200"), "4:8: 'is' is no predicate"},
      {asserted("status"), "4:7: a space is needed"},
      {asserted("status == "), "4:11: a value is needed"},
      {asserted("status == 200 x"), "4:15: the line should end here"},
      {asserted("status > null"), "4:10: this predicate compares with a number"},
      {asserted("body startsWith 1"), "4:17: this predicate needs a text or bytes"},
      {asserted("header Location exists"), "4:8: a text in \" is needed"},
      {asserted("cookie \"a[Foo]\" exists"), "4:8: a cookie has no such attribute"},
      {asserted("certificate \"Foo\" exists"), "4:13: a certificate has no such field"},
      {asserted("jsonpath \"$.\" exists"), "4:10: not a valid JSONPath query at column 3"},
      {asserted("body matches /(/"), "4:14: not a valid regular expression at byte 0"},
      {asserted("body matches /a"), "4:14: the pattern that starts here has no closing /"},
      {asserted("jsonpath \"$.a\" nth x == 1"), "4:20: an integer is needed"},
      {asserted("body == \"a"), "4:9: the text that starts here has no closing \""},
      {asserted("body == \"\\q\""), "4:11: an escape that Hurl does not have"},
      {asserted("body == \"{{a b}}\""), "4:14: }} is needed"},
      {asserted("body == \"{{newUuid}}\""), "4:12: the function newUuid is not supported"},
      {asserted("status == 01"), "4:11: not a decimal number"},
      {asserted("bytes == hex,0;"), "an odd number of hexadecimal digits"},
      {"GET http://h\nHTTP/* 200\n", "2:5: HTTP/* was removed in Hurl 6.1 | write HTTP"},
      {"GET http://h\nHTTP/2 200\n", "2:5: these checks speak HTTP/1.1 only | write HTTP"},
      {"GET http://h\nHTTP/9 200\n", "2:5: an unknown version of HTTP"},
      {"GET http://h\nHTTP 2x\n", "2:6: a status or * is needed"},
      {"GET http://h\nHTTP\n", "2:5: a space is needed"},
      {asserted("status==200"), "4:7: a space is needed"},
      {"get http://h\n", "1:1: a method in capital letters is needed"},
      {"GET\n", "1:4: a space is needed"},
      {"GET \n", "1:5: a URL is needed"},
      {"GET # no URL\n", "1:5: a URL is needed"},
      {"GET http://h\n[Foo]\n", "2:1: a request has no section [Foo]"},
      {"GET http://h\n[Form]\na: b\n[FormParams]\nc: d\n", "the section [Form] stands twice"},
      {"GET http://h\nHTTP 200\n[Query]\n", "3:1: a response has no section [Query] | known are Captures and Asserts"},
      {"GET http://h\n[Options]\naws-sigv4: x\n", "3:1: the option 'aws-sigv4' is not supported"},
      {"GET http://h\n[Options]\nretry: many\n", "3:8: a whole number, or -1 for without end is needed"},
      {"GET http://h\n[Options]\ninsecure: yes\n", "3:11: true or false is needed"},
      {"GET http://h\n[Options]\ndelay: 5 days\n", "3:8: a whole number with ms, s, m or h"},
      {"POST http://h\n{\"a\": }\n", "2:7: a JSON value is needed"},
      {"POST http://h\n{\"a\" 1}\n", "2:6: a : is needed"},
      {"POST http://h\n[1,]\n", "2:4: a JSON value is needed"},
      {"POST http://h\n{\"a\": [1,]}\n", "2:10: a JSON value is needed"},
      {"POST http://h\n{\"a\": \"x\n\"}\n", "a control character in a JSON string"},
      {"POST http://h\n<a><b></a>\n", "2:1: the XML document that starts here does not end"},
      {"POST http://h\n```\nx\n", "3:1: the text that starts here has no closing ```"},
      {"POST http://h\n```foo\nx\n```\n", "no multiline text is called 'foo'"},
      {"POST http://h\n```json,escape\nx\n```\n", "multiline attributes other than novariable"},
      {"POST http://h\n```a\nb```\n", "t.hurl:2:4: "},
      {"POST http://h\n```Hello!```\n", "t.hurl:2:4: a multiline text starts with"},
      {"POST http://h\n``````\n", "t.hurl:2:4: a multiline text starts with"},
      {"GET http://h\nHTTP 200\n[Asserts]\nstatus == 200\n[Captures]\na: status\n[Asserts]\n",
       "7:1: the section [Asserts] stands twice"},
      {"POST http://h\nbase64,A;\n", "2:8: base64 and a ; are needed"},
      {"POST http://h\nfile,;\n", "2:6: the name of a file is needed"},
      {"POST http://h\nX: {{a\n", "2:7: }} is needed"},
      {"GET http://h\nHTTP 200\n[Captures]\na: foo\n", "4:4: 'foo' is no query"},
      {"GET http://h\nHTTP 200\nA: \xc3\xa9\n[Asserts]\n# \xc3\xa9\nbody == \"\xc3\xa9\" x\n",
       "6:13: the line should end here"},
      {"\xff", "1:1: the file is not valid UTF-8"},
  };
  for (const auto& [text, expected] : cases) {
    const std::string said = refusal(text);
    EXPECT_TRUE(base::contains(said, expected)) << text << "\n  said: " << said << "\n  not:  " << expected;
  }
}

TEST(HurlParse, depth_and_size_are_bounded) {
  EXPECT_TRUE(
      base::contains(refusal("POST http://h\n{\"a\":" + std::string(10'000, '[')), "nested deeper than allowed"));
  EXPECT_TRUE(base::contains(refusal(std::string(5'000'000, '\n')), "larger than allowed"));
  std::string many;
  for (int i = 0; i < 10'001; ++i) many += "GET http://h\n";
  EXPECT_TRUE(base::contains(refusal(many), "more entries than allowed"));
}

TEST(HurlOptions, are_read_and_resolved) {
  const hurl::File file = parsed(
      "GET http://h\n[Options]\nretry: {{n}}\nretry-interval: 2s\ndelay: 300\ninsecure: true\nlocation: "
      "true\nmax-redirs: -1\nskip: false\n"
      "repeat: 3\nconnect-to: a:80:b:81\nheader: X: {{v}}\nvariable: v=text 1.2.3 # c\nvariable: num = 5\nvariable: "
      "q=\"a b\"\nvariable: z=null\n"
      "user: a:b\nverbose: true\nheader: Y: {{v}}\n");
  hurl::Variables variables;
  variables.set("n", hurl::Value::of(json::Value(7)));
  variables.set("v", hurl::Value::of(json::Value("old")));
  const auto settings = hurl::resolve(file.entries[0].request.options, file.name, variables);
  ASSERT_TRUE(is_ok(settings));
  EXPECT_EQ(settings->retry, 7);
  EXPECT_EQ(settings->retry_interval.count(), 2000);
  EXPECT_EQ(settings->delay.count(), 300);
  EXPECT_TRUE(settings->insecure && settings->location && !settings->skip);
  EXPECT_EQ(settings->max_redirs, hurl::Settings::without_end);
  EXPECT_EQ(settings->repeat, 3);
  EXPECT_EQ(settings->connect_to, std::vector<std::string>{"a:80:b:81"});
  EXPECT_EQ(settings->headers, (std::vector<std::string>{"X: old", "Y: text 1.2.3"}));
  EXPECT_EQ(settings->user, "a:b");
  EXPECT_EQ(variables.find("num")->json, json::Value(5));
  EXPECT_EQ(variables.find("q")->text(), "a b");
  EXPECT_TRUE(variables.find("z")->json.is_null());

  variables.set("n", hurl::Value::of(json::Value("many")));
  const auto wrong = hurl::resolve(file.entries[0].request.options, file.name, variables);
  ASSERT_TRUE(has_kind(wrong, base::Outcome::config));
  EXPECT_TRUE(base::contains(wrong.error().what, "t.hurl:3:8: a whole number")) << wrong.error().what;
}
