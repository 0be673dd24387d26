// Session: what one run of a .hurl file means, step by step: which request comes next, and what its answer makes of the
// run. Whoever drives it speaks to the servers, one run after the other or many at once. Pure but for the clock, random
// bytes and the files that bodies name.
#pragma once
#include <optional>

#include "hurl/cookie_jar.hpp"
#include "hurl/options.hpp"
#include "hurl/run.hpp"

namespace sentimark::hurl {

struct Surroundings {
  sys::Clock& clock;
  sys::Random& random;
  Files& files;
  std::function<void(std::string_view)> secret;  // as in RunWorld
};

struct Step {
  enum class Kind : std::uint8_t { call, wait, done };
  Kind kind = Kind::done;
  std::size_t entry = 0;   // of the file
  http1::Request request;  // of call
  http1::Way way;          // of call
  base::Instant until{};   // of wait
};

class Session {
 public:
  // `file`, `options` and `around` must live as long as the session.
  Session(const File& file, Variables variables, const RunOptions& options, const Surroundings& around);

  // A call must be answered, and a wait be over, before the next is asked for.
  Step next();
  void answer(base::Result<http1::Exchange> exchange);
  const std::vector<EntryResult>& entries() const { return result_.entries; }  // those that have ended
  FileResult take() &&;                                                        // once done

 private:
  enum class Phase : std::uint8_t { entry, attempt, call, retry, done };
  std::optional<Step> begin_entry();
  void begin_attempt();
  std::optional<Step> wait(base::Millis span) const;
  base::Result<Step> make_call();
  base::Result<bool> redirected(const http1::Exchange& exchange);
  void judge_answer(http1::Exchange& exchange);
  void keep_secrets(const Expectation& expected, const std::vector<std::string>& captured);
  Response response_of(http1::Exchange& exchange) const;
  void add_problem(Place place, const base::Error& error, std::string_view code);
  void attempt_ends();
  const Entry& entry() const { return file_.entries[at_]; }

  const File& file_;
  Variables variables_;
  const RunOptions& options_;
  const Surroundings& around_;
  CookieJar cookies_;
  FileResult result_;
  base::Instant begun_;

  Phase phase_ = Phase::entry;
  std::size_t at_ = 0;      // of the entries
  std::int64_t times_ = 0;  // that this entry has been run
  std::int64_t tries_ = 0;  // of this time
  std::int64_t redirects_ = 0;
  Settings settings_;
  EntryResult told_;
  std::string content_type_;   // of this attempt, where the body's kind gives it
  std::string known_cookies_;  // of this attempt, by [Cookies]
  http1::Url first_;           // of this attempt, before redirects
  http1::Request request_;     // that goes out now, before what belongs to each call
  std::string user_;
  std::string url_;  // that was asked last
};

}  // namespace sentimark::hurl
