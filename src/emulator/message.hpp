// One request and one answer, without a word about the HTTP library.
#pragma once
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "json/value.hpp"

namespace sentimark::emulator {

struct Request {
  std::string method;
  std::string path;
  std::map<std::string, std::string> query;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  std::string header(const std::string& name) const;     // empty when absent
  std::string parameter(const std::string& name) const;  // of the query; empty when absent
  std::string bearer() const;                            // the token of Authorization; empty when absent
};

struct Reply {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  bool reset = false;  // the connection is torn down instead of an answer
  json::Value notes;   // for the journal's line
};

Reply json_reply(int status, const json::Value& body);

// Azure's envelope {"error":{"code","message"}}.
Reply arm_error(int status, const std::string& code, const std::string& message);

std::map<std::string, std::string> parse_form(const std::string& body);

}  // namespace sentimark::emulator
