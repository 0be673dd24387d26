// The [Options] section: read from the file, and resolved once the variables are known.
#pragma once
#include "base/time.hpp"
#include "hurl/query.hpp"
#include "hurl/render.hpp"

namespace sentimark::hurl {

std::vector<Option> read_options(Reader& reader);

// What an entry's options say, with Hurl's defaults.
struct Settings {
  static constexpr std::int64_t without_end = -1;

  bool skip = false;
  bool insecure = false;  // accept any certificate
  bool location = false;  // follow redirects
  std::int64_t max_redirs = 50;
  std::int64_t repeat = 1;
  std::int64_t retry = 0;
  base::Millis retry_interval{1000};
  base::Millis delay{0};                // before the request
  std::vector<std::string> connect_to;  // HOST1:PORT1:HOST2:PORT2
  std::vector<std::string> headers;     // "Name: value"
  std::string user;                     // "name:password"; empty: none
};

// Sets the variables that the options define. Error (config): file:line:column and why.
base::Result<Settings> resolve(const std::vector<Option>& options, std::string_view file, Variables& variables);

}  // namespace sentimark::hurl
