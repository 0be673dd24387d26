// Runs a .hurl file against real servers, entry after entry as Hurl does: the first that fails ends it. Each file has
// its own variables, cookies and connections.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "http1/client.hpp"
#include "hurl/file.hpp"
#include "hurl/judge.hpp"
#include "hurl/render.hpp"
#include "sys/clock.hpp"
#include "sys/random.hpp"
#include "sys/stop.hpp"
#include "sys/stream.hpp"

namespace sentimark::hurl {

struct RunWorld {
  sys::Network& network;
  sys::Clock& clock;
  sys::Random& random;
  const sys::Stop& stop;
  Files& files;
  std::function<base::Result<http1::Roots>()> roots;  // asked when a server speaks TLS
  std::function<void(std::string_view)> secret;       // told of every value that a capture marks with "redact"
};

struct RunOptions {
  bool allow_insecure = false;           // believe any certificate where an entry's option insecure says so
  base::Millis request_timeout{30'000};  // for each call, redirects apart
  base::Instant deadline{};              // for the whole file
  std::string user_agent;
  http1::Limits limits;
};

struct EntryResult {
  Place place;
  std::string request;            // "GET http://h/p", without user, query and fragment
  int status = 0;                 // of the last answer; 0: none
  int calls = 0;                  // redirects, tries and repeats included
  base::Millis duration{0};       // of the last answer
  std::vector<Finding> findings;  // of the last try
  std::string code;               // why there was no answer to judge: a code of http1, "redirects" or "request"
  bool passed() const;
};

struct FileResult {
  std::string file;
  std::vector<EntryResult> entries;  // skipped ones are left out
  std::vector<std::string> warnings;
  base::Millis duration{0};
  bool insecure = false;  // some certificate was not looked at
  Variables variables;    // as they were at the end, captures among them
  bool passed() const;
};

// "file:line:column: …" (config) for an option insecure that is not allowed; before the first request wherever it
// stands without a variable.
base::Done check_allowed(const File& file, const RunOptions& options);

// How an option insecure is refused that is not allowed: kind config, code "hurl".
base::Error insecure_refused(std::string_view file, Place place);

// Error: interrupted. Whatever else goes wrong is a finding.
base::Result<FileResult> run(const File& file, Variables variables, const RunOptions& options, RunWorld& world);

}  // namespace sentimark::hurl
