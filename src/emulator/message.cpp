#include "emulator/message.hpp"

#include <cstdlib>

#include "json/text.hpp"

namespace sentimark::emulator {
namespace {

std::string look_up(const std::map<std::string, std::string>& in, const std::string& name) {
  const auto found = in.find(name);
  return found == in.end() ? std::string() : found->second;
}

std::string percent_decoded(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out += static_cast<char>(std::strtol(text.substr(i + 1, 2).c_str(), nullptr, 16));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

}  // namespace

std::string Request::header(const std::string& name) const { return look_up(headers, name); }
std::string Request::parameter(const std::string& name) const { return look_up(query, name); }

std::string Request::bearer() const {
  const std::string value = header("authorization");
  const bool scheme = value.rfind("Bearer ", 0) == 0 || value.rfind("bearer ", 0) == 0;
  return scheme ? value.substr(7) : std::string();
}

Reply json_reply(int status, const json::Value& body) { return {status, {}, json::to_text(body), false, {}}; }

Reply arm_error(int status, const std::string& code, const std::string& message) {
  return json_reply(status, json::Object{{"error", json::Object{{"code", code}, {"message", message}}}});
}

std::map<std::string, std::string> parse_form(const std::string& body) {
  std::map<std::string, std::string> form;
  std::size_t at = 0;
  while (at < body.size()) {
    const std::size_t end = std::min(body.find('&', at), body.size());
    const std::string pair = body.substr(at, end - at);
    const std::size_t equals = std::min(pair.find('='), pair.size());
    form[percent_decoded(pair.substr(0, equals))] =
        equals < pair.size() ? percent_decoded(pair.substr(equals + 1)) : "";
    at = end + 1;
  }
  return form;
}

}  // namespace sentimark::emulator
