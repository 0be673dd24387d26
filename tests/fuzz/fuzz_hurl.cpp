// A .hurl file: what is accepted can be rendered and judges an answer without a fault.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "hurl/judge.hpp"
#include "hurl/options.hpp"
#include "hurl/parse.hpp"

using namespace sentimark;

namespace {

hurl::Response an_answer() {
  hurl::Response response;
  response.status = 200;
  response.url = "http://h/?a=b";
  response.headers = {{"Content-Type", "application/json"},
                      {"Set-Cookie", "a=b; Path=/; Expires=Wed, 13 Jan 2021 22:23:01 GMT"}};
  response.body = R"({"a":[1,2.5,"x",null,true],"b":{"c":"d,e"},"s":"Hello"})";
  return response;
}

}  // namespace

// NOLINTNEXTLINE: the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = hurl::parse({reinterpret_cast<const char*>(data), size}, "f.hurl");
  if (!file) {
    if (file.error().kind != base::Outcome::config || !file.error().what.starts_with("f.hurl:")) std::abort();
    return 0;
  }
  static const hurl::Response response = an_answer();
  hurl::Variables variables;
  variables.set("v", hurl::Value::of(json::Value("value")));
  for (const hurl::Entry& entry : file->entries) {
    const auto settings = hurl::resolve(entry.request.options, file->name, variables);
    const auto body = hurl::render_body(entry.request.body, file->name, variables, nullptr);
    if (settings && body && settings->repeat < hurl::Settings::without_end) std::abort();
    if (!entry.response) continue;
    const hurl::Judgement judgement = hurl::judge(*entry.response, response, file->name, variables, nullptr, {});
    if (judgement.captured.size() > entry.response->captures.size()) std::abort();
  }
  return 0;
}
