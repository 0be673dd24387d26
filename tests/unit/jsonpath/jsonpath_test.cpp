// Cases by the sections of RFC 9535; its own examples are named as such.
#include "jsonpath/jsonpath.hpp"

#include <gtest/gtest.h>

#include "json/text.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using jsonpath::Path;
using test::has_kind;
using test::is_ok;

namespace {

// The selected values as one JSON array; the error's text for a query that is none.
std::string select(std::string_view query, std::string_view document) {
  const auto path = Path::parse(query);
  if (!path) return path.error().what;
  const auto value = json::parse(document);
  EXPECT_TRUE(is_ok(value)) << document;
  const auto nodes = path->select(*value);
  if (!nodes) return nodes.error().what;
  json::Array values;
  for (const jsonpath::Node& node : *nodes) values.push_back(*node.value);
  return json::to_text(json::Value(std::move(values)));
}

std::string paths(std::string_view query, std::string_view document) {
  const auto path = Path::parse(query);
  if (!path) return path.error().what;
  const auto value = json::parse(document);
  EXPECT_TRUE(is_ok(value)) << document;
  const auto nodes = path->select(*value, true);
  EXPECT_TRUE(is_ok(nodes));
  std::string text;
  for (const jsonpath::Node& node : *nodes) text += node.path + ";";
  return text;
}

struct Case {
  std::string_view query;
  std::string_view selected;
};

void expect_all(std::string_view document, const std::vector<Case>& cases) {
  for (const Case& row : cases) EXPECT_EQ(select(row.query, document), row.selected) << row.query;
}

void expect_refused(const std::vector<std::string_view>& queries) {
  for (const std::string_view query : queries) {
    const auto path = Path::parse(query);
    EXPECT_TRUE(has_kind(path, base::Outcome::config)) << query;
    if (path) continue;
    EXPECT_NE(path.error().what.find("at column "), std::string::npos) << path.error().what;
  }
}

// RFC 9535, figure 1.
constexpr std::string_view k_store = R"({"store":{"book":[
  {"category":"reference","author":"Nigel Rees","title":"Sayings of the Century","price":8.95},
  {"category":"fiction","author":"Evelyn Waugh","title":"Sword of Honour","price":12.99},
  {"category":"fiction","author":"Herman Melville","title":"Moby Dick","isbn":"0-553-21311-3","price":8.99},
  {"category":"fiction","author":"J. R. R. Tolkien","title":"The Lord of the Rings","isbn":"0-395-19395-8","price":22.99}],
  "bicycle":{"color":"red","price":399}}})";

}  // namespace

TEST(Jsonpath, the_examples_of_the_introduction) {
  expect_all(k_store,
             {
                 {"$.store.book[*].author", R"(["Nigel Rees","Evelyn Waugh","Herman Melville","J. R. R. Tolkien"])"},
                 {"$..author", R"(["Nigel Rees","Evelyn Waugh","Herman Melville","J. R. R. Tolkien"])"},
                 {"$.store..price", "[8.95,12.99,8.99,22.99,399]"},
                 {"$..book[2].author", R"(["Herman Melville"])"},
                 {"$..book[2].publisher", "[]"},
                 {"$..book[-1].title", R"(["The Lord of the Rings"])"},
                 {"$..book[0,1].price", "[8.95,12.99]"},
                 {"$..book[:2].price", "[8.95,12.99]"},
                 {"$..book[?@.isbn].price", "[8.99,22.99]"},
                 {"$..book[?@.price<10].price", "[8.95,8.99]"},
             });
}

TEST(Jsonpath, names_and_their_escapes) {
  const std::string_view document =
      R"({"o":{"j j":{"k.k":3}},"'":{"@":2},"☺":1,"_x9":5,"\u0000\ud834\udd1e\"\\\/\b":7})";
  expect_all(document, {
                           {"$.o['j j']", R"([{"k.k":3}])"},
                           {"$.o['j j']['k.k']", "[3]"},
                           {R"($.o["j j"]["k.k"])", "[3]"},
                           {R"($["'"]["@"])", "[2]"},
                           {R"($['\'']['@'])", "[2]"},
                           {"$.☺", "[1]"},
                           {"$['☺']", "[1]"},
                           {R"($["\u263A"])", "[1]"},
                           {"$._x9", "[5]"},
                           {R"($["\u0000\uD834\udd1e\"\\\/\b"])", "[7]"},
                           {R"($['\u0000𝄞"\\/\b'])", "[7]"},
                           {"$ .o", R"([{"j j":{"k.k":3}}])"},
                           {"$\n[ 'o' ]\t[\r'j j' ]", R"([{"k.k":3}])"},
                           {"$.missing.deeper", "[]"},
                       });
  expect_refused({"",
                  " $",
                  "$ ",
                  "o",
                  "$.",
                  "$..",
                  "$.1",
                  "$.&",
                  "$.a b",
                  "$. a",
                  "$.. a",
                  "$.-a",
                  "$['a",
                  "$['a'",
                  "$[a]",
                  "$['a\"]",
                  R"($["\'"])",
                  R"($['\"'])",
                  R"($['\x'])",
                  R"($['\u12'])",
                  R"($['\uD834'])",
                  R"($['\uD834\n'])",
                  R"($['\uDD1E'])",
                  R"($['\uD834\u0041'])",
                  "$['\n']",
                  "$[]",
                  "$[ ]",
                  "$['a' 'b']",
                  "$['a',]",
                  "$[,'a']",
                  "$a",
                  "$['a'].",
                  "$.a]",
                  "@.a",
                  "$$",
                  "$.a$",
                  "\xff",
                  "$['\xff']",
                  "$.a.['b']",
                  "$...a",
                  "$.a[?]"});
}

TEST(Jsonpath, wildcards_and_descendants) {
  expect_all(R"({"o":{"j":1,"k":2},"a":[5,3,[{"j":4},{"k":6}]]})",
             {
                 {"$.o[*, *]", "[1,2,1,2]"},
                 {"$.a[*]", R"([5,3,[{"j":4},{"k":6}]])"},
                 {"$..j", "[1,4]"},
                 {"$..[0]", R"([5,{"j":4}])"},
                 {"$..[*]", R"([{"j":1,"k":2},[5,3,[{"j":4},{"k":6}]],1,2,5,3,[{"j":4},{"k":6}],{"j":4},{"k":6},4,6])"},
                 {"$..o", R"([{"j":1,"k":2}])"},
                 {"$.o..[*, *]", "[1,2,1,2]"},
                 {"$.a..[0, 1]", R"([5,3,{"j":4},{"k":6}])"},
                 {"$..*.j", "[1,4]"},
             });
}

TEST(Jsonpath, indices_and_slices) {
  expect_all(R"(["a","b","c","d","e","f","g"])", {
                                                     {"$[1]", R"(["b"])"},
                                                     {"$[-2]", R"(["f"])"},
                                                     {"$[7]", "[]"},
                                                     {"$[-8]", "[]"},
                                                     {"$[0,-1,0]", R"(["a","g","a"])"},
                                                     {"$[1:3]", R"(["b","c"])"},
                                                     {"$[5:]", R"(["f","g"])"},
                                                     {"$[1:5:2]", R"(["b","d"])"},
                                                     {"$[5:1:-2]", R"(["f","d"])"},
                                                     {"$[::-1]", R"(["g","f","e","d","c","b","a"])"},
                                                     {"$[::]", R"(["a","b","c","d","e","f","g"])"},
                                                     {"$[ 1 : 3 : 1 ]", R"(["b","c"])"},
                                                     {"$[-3:]", R"(["e","f","g"])"},
                                                     {"$[:-5]", R"(["a","b"])"},
                                                     {"$[-1:-4:-1]", R"(["g","f","e"])"},
                                                     {"$[3::-1]", R"(["d","c","b","a"])"},
                                                     {"$[:4:-1]", R"(["g","f"])"},
                                                     {"$[1:3:0]", "[]"},
                                                     {"$[5:2]", "[]"},
                                                     {"$[10:0:-3]", R"(["g","d"])"},
                                                     {"$[-9007199254740991:9007199254740991:3]", R"(["a","d","g"])"},
                                                     {"$[9007199254740991:-9007199254740991:-4]", R"(["g","c"])"},
                                                     {"$[::9007199254740991]", R"(["a"])"},
                                                     {"$[9007199254740991]", "[]"},
                                                     {"$['a']", "[]"},
                                                 });
  expect_all(R"({"a":1})", {{"$[0]", "[]"}, {"$[::]", "[]"}});
  expect_refused({"$[01]", "$[-0]", "$[-01]", "$[1.0]", "$[1e0]", "$[9007199254740992]", "$[-9007199254740992]",
                  "$[9007199254740992:]", "$[:01]", "$[::01]", "$[::-0]", "$[-0:]", "$[1:2:3:4]", "$[- 1]", "$[+1]",
                  "$[1 2]", "$[0x1]", "$[99999999999999999999999]"});
}

TEST(Jsonpath, comparisons_of_the_rfc) {
  // Table 11, with its document.
  const std::string_view document = R"({"obj":{"x":"y"},"arr":[2,3]})";
  const std::pair<std::string_view, bool> table[] = {
      {"$.absent1 == $.absent2", true},
      {"$.absent1 <= $.absent2", true},
      {"$.absent == 'g'", false},
      {"$.absent1 != $.absent2", false},
      {"$.absent != 'g'", true},
      {"1 <= 2", true},
      {"1 > 2", false},
      {"13 == '13'", false},
      {"'a' <= 'b'", true},
      {"'a' > 'b'", false},
      {"$.obj == $.arr", false},
      {"$.obj != $.arr", true},
      {"$.obj == $.obj", true},
      {"$.obj != $.obj", false},
      {"$.arr == $.arr", true},
      {"$.arr != $.arr", false},
      {"$.obj == 17", false},
      {"$.obj != 17", true},
      {"$.obj <= $.arr", false},
      {"$.obj < $.arr", false},
      {"$.obj <= $.obj", true},
      {"$.arr <= $.arr", true},
      {"1 <= $.arr", false},
      {"1 >= $.arr", false},
      {"1 > $.arr", false},
      {"1 < $.arr", false},
      {"true <= true", true},
      {"true > true", false},
  };
  for (const auto& [test, holds] : table) {
    EXPECT_EQ(select("$[?" + std::string(test) + "].x", document), holds ? R"(["y"])" : "[]") << test;
  }
  expect_all("[0]", {
                        {"$[?1==1.0]", "[0]"},
                        {"$[?-0==0]", "[0]"},
                        {"$[?1e2==100]", "[0]"},
                        {"$[?1E+2==100]", "[0]"},
                        {"$[?1.5e-1==0.15]", "[0]"},
                        {"$[?1e999>1]", "[0]"},
                        {"$[?9007199254740993>9007199254740992]", "[0]"},
                        {"$[?'\\u00e9'>'z']", "[0]"},
                        {"$[?'\U00010000'>'\uffff']", "[0]"},
                        {"$[?null==null]", "[0]"},
                        {"$[?false<true]", "[]"},
                        {"$[?null<=null]", "[0]"},
                        {"$[?''<'a']", "[0]"},
                    });
  expect_refused({"$[?@.a=1]",   "$[?@.a==]",     "$[?==1]",      "$[?@.a===1]",    "$[?@.a<>1]",
                  "$[?1==01]",   "$[?1==1.]",     "$[?1==.5]",    "$[?1==1e]",      "$[?1==+1]",
                  "$[?1==0x1]",  "$[?@.*==1]",    "$[?@..a==1]",  "$[?@[0:1]==1]",  "$[?@['a','b']==1]",
                  "$[?1==$.*]",  "$[?@.a==True]", "$[?@.a==nul]", "$[?@.a==nullx]", "$[?@.a==[1]]",
                  "$[?@.a=={}]", "$[?@.a==1==1]", "$[?(@.a)==1]", "$[?!@.a==1]",    "$[?@.a==-]"});
}

TEST(Jsonpath, filters_of_the_rfc) {
  // Table 12, with its document.
  const std::string_view document =
      R"({"a":[3,5,1,2,4,6,{"b":"j"},{"b":"k"},{"b":{}},{"b":"kilo"}],"o":{"p":1,"q":2,"r":3,"s":5,"t":{"u":6}},"e":"f"})";
  expect_all(document,
             {
                 {"$.a[?@.b == 'kilo']", R"([{"b":"kilo"}])"},
                 {"$.a[?(@.b == 'kilo')]", R"([{"b":"kilo"}])"},
                 {"$.a[?@>3.5]", "[5,4,6]"},
                 {"$.a[?@.b]", R"([{"b":"j"},{"b":"k"},{"b":{}},{"b":"kilo"}])"},
                 {"$[?@.*]",
                  R"([[3,5,1,2,4,6,{"b":"j"},{"b":"k"},{"b":{}},{"b":"kilo"}],{"p":1,"q":2,"r":3,"s":5,"t":{"u":6}}])"},
                 {"$[?@[?@.b]]", R"([[3,5,1,2,4,6,{"b":"j"},{"b":"k"},{"b":{}},{"b":"kilo"}]])"},
                 {"$.o[?@<3, ?@<3]", "[1,2,1,2]"},
                 {R"($.a[?@<2 || @.b == "k"])", R"([1,{"b":"k"}])"},
                 {R"($.a[?match(@.b, "[jk]")])", R"([{"b":"j"},{"b":"k"}])"},
                 {R"($.a[?search(@.b, "[jk]")])", R"([{"b":"j"},{"b":"k"},{"b":"kilo"}])"},
                 {"$.o[?@>1 && @<4]", "[2,3]"},
                 {"$.o[?@.u || @.x]", R"([{"u":6}])"},
                 {"$.a[?@.b == $.x]", "[3,5,1,2,4,6]"},
                 {"$.a[?@ == @]", R"([3,5,1,2,4,6,{"b":"j"},{"b":"k"},{"b":{}},{"b":"kilo"}])"},
                 {"$.a[?!@.b]", "[3,5,1,2,4,6]"},
                 {"$.a[?!(@.b || @>2)]", "[1,2]"},
                 {"$.a[? ! ( @ .b ) && @ [ 'b' ] == @.b ]", "[3,5,1,2,4,6]"},
                 // && binds tighter than ||.
                 {"$.a[?@==1 || @==2 && @==3]", "[1]"},
                 {"$.a[?(@==1 || @==2) && @==2]", "[2]"},
                 {"$.o[?$.e == 'f' && @ == 5]", "[5]"},
                 {"$[?@ == $.e]", R"(["f"])"},
                 {"$.a[-1][?@=='kilo']", R"(["kilo"])"},
             });
  expect_all(R"([{"a":null},{"a":false},{"a":0},{}])",
             {{"$[?@.a]", R"([{"a":null},{"a":false},{"a":0}])"}, {"$[?@.a==null]", R"([{"a":null}])"}});
  expect_refused({"$[?true]", "$[?'a']", "$[?1]", "$[?null]", "$[?@.a && true]", "$[?(1)]", "$[?()]", "$[?@.a &&]",
                  "$[?|| @.a]", "$[?@.a & @.b]", "$[?@.a and @.b]", "$[?(@.a]", "$[?@.a)]", "$[?!!@.a]", "$[?!(!)]",
                  "$[?a]", "$[?@.a,]", "$.?@.a", "$?@.a"});
}

TEST(Jsonpath, functions) {
  const std::string_view document =
      R"([{"a":"ab\u00e9","n":[1,2]},{"a":[1,2,3]},{"a":{"x":1}},{"a":4},{"b":"ab","re":"a.*"}])";
  expect_all(document, {
                           {"$[?length(@.a)==3].a", R"(["abé",[1,2,3]])"},
                           {"$[?length(@.a)==1].a", R"([{"x":1}])"},
                           {"$[?length(@.a)==length(@.zz)].b", R"(["ab"])"},
                           {"$[?length('\U0001F600')==1].b", R"(["ab"])"},
                           {"$[?length(value(@.n[0:1]))<0]", "[]"},
                           {"$[?count(@.*)==2].b", R"(["ab"])"},
                           {"$[?count(@.n[*])>=2].n", "[[1,2]]"},
                           {"$[?count(@..*)==4].a", R"(["abé",[1,2,3]])"},
                           {"$[?value(@..x)==1].a", R"([{"x":1}])"},
                           {"$[?value(@.n[*])==1]", "[]"},
                           {"$[?match(@.b,@.re)].b", R"(["ab"])"},
                           {"$[?match( @.b , 'a' )]", "[]"},
                           {"$[?search(@.b,'a')].b", R"(["ab"])"},
                           {"$[?!search(@.b,'a')].re", "[]"},
                           {"$[?match(@.a,1)]", "[]"},
                           {"$[?match(1,'1')]", "[]"},
                           // Not an I-Regexp: false, and no error.
                           {"$[?search(@.b,'\\\\w')]", "[]"},
                           {"$[?search(@.b,'(')]", "[]"},
                           {"$[?match(@.b,$[4].re) && search(@.b,$[4].b)].b", R"(["ab"])"},
                           {"$[?match(@.b, value($..re))].b", R"(["ab"])"},
                       });
  expect_all(R"(["\r","\n","\u2028","x"])", {{"$[?match(@,'.')]", "[\"\u2028\",\"x\"]"},
                                             {"$[?match(@,'[^a]')]", "[\"\\r\",\"\\n\",\"\u2028\",\"x\"]"}});
  expect_refused({"$[?length(@.a)]",
                  "$[?count(@.a)]",
                  "$[?value(@.a)]",
                  "$[?match(@.a,'a')==true]",
                  "$[?search(@.a,'a')>0]",
                  "$[?length()==1]",
                  "$[?length(@.a,@.b)==1]",
                  "$[?length(@.*)==1]",
                  "$[?length(@..a)==1]",
                  "$[?length(match(@.a,'a'))==1]",
                  "$[?count(1)==1]",
                  "$[?count('a')==1]",
                  "$[?count(length(@.a))==1]",
                  "$[?count(@.a,@.b)==1]",
                  "$[?value('a')==1]",
                  "$[?value(1)==1]",
                  "$[?match(@.a)]",
                  "$[?match(@.a,@.b,@.c)]",
                  "$[?match(@.*,'a')]",
                  "$[?foo(@.a)]",
                  "$[?Length(@.a)==1]",
                  "$[?length (@.a)==1]",
                  "$[?length(@.a ==1)==1]",
                  "$[?count((@.a))==1]",
                  "$[?length(@.a)==1",
                  "$[?length(@.a==1]",
                  "$[?length(@.a,)==1]",
                  "$[?match(@.a,'a')&&length(@.b)]"});
}

TEST(Jsonpath, normalized_paths) {
  EXPECT_EQ(paths("$.a[*]..b", R"({"a":[{"b":1},{"c":{"b":2}}]})"), "$['a'][0]['b'];$['a'][1]['c']['b'];");
  EXPECT_EQ(paths("$[-1]", "[1,2]"), "$[1];");
  EXPECT_EQ(paths("$[::-1]", "[1,2]"), "$[1];$[0];");
  EXPECT_EQ(paths("$", "1"), "$;");
  EXPECT_EQ(paths(R"($["\u000B\u0000\n'\"\\é"])", R"({"\u000b\u0000\n'\"\\é":1})"), R"($['\u000b\u0000\n\'"\\é'];)");
  EXPECT_EQ(paths("$[?@>1]", R"({"a":2,"b":1})"), "$['a'];");
}

TEST(Jsonpath, knows_the_singular_queries) {
  for (const auto& [query, singular] : std::vector<std::pair<std::string_view, bool>>{{"$", true},
                                                                                      {"$.a[0]['b']", true},
                                                                                      {"$.a[-1]", true},
                                                                                      {"$.*", false},
                                                                                      {"$..a", false},
                                                                                      {"$[0,1]", false},
                                                                                      {"$[0:1]", false},
                                                                                      {"$[?@.a]", false}}) {
    const auto path = Path::parse(query);
    ASSERT_TRUE(is_ok(path));
    EXPECT_EQ(path->is_singular(), singular) << query;
  }
}

TEST(Jsonpath, errors_name_the_column_in_characters) {
  EXPECT_EQ(select("$.ж.", "1"), "not a valid JSONPath query at column 5: a member name or * is needed");
  EXPECT_EQ(select("$[?@.a == 01]", "1"), "not a valid JSONPath query at column 11: a number has no leading zeros");
  EXPECT_EQ(select("$[?foo(@)]", "1"), "not a valid JSONPath query at column 4: no function is called 'foo'");
}

TEST(Jsonpath, hostile_queries_are_bounded) {
  std::string nested = "@";
  for (int i = 0; i < 200; ++i) nested = "@[?" + nested + "]";
  for (const std::string& query :
       {"$" + std::string(200, '['), "$[?" + std::string(5'000, '('), "$" + std::string(40'000, ' ') + ".a",
        "$[?" + nested + "]", "$[?" + std::string(5'000, '!') + "@.a]"}) {
    EXPECT_TRUE(has_kind(Path::parse(query), base::Outcome::config)) << query.substr(0, 20);
  }

  // Each .. multiplies: 60 levels of one array in another, and a filter that looks at all of it for each node.
  const auto document = json::parse(std::string(60, '[') + std::string(60, ']'));
  ASSERT_TRUE(is_ok(document));
  const auto wide = Path::parse("$..*..*..*..*..*..*");
  ASSERT_TRUE(is_ok(wide));
  EXPECT_TRUE(has_kind(wide->select(*document), base::Outcome::config));
  const auto deep = Path::parse("$..[?count($..[?count($..[?count($..[?count($..*)>0])>0])>0])>0]");
  ASSERT_TRUE(is_ok(deep));
  EXPECT_TRUE(has_kind(deep->select(*document), base::Outcome::config));
}
