// Story: the log of a run, for people, on standard error: plain on a terminal, as workflow commands in Actions.
#pragma once
#include "runner/workflow.hpp"
#include "sys/log.hpp"
#include "sys/random.hpp"
#include "sys/secrets.hpp"

namespace sentimark::runner {

class Story final : public sys::Log {
 public:
  struct Look {
    bool actions = false;  // workflow commands
    bool colour = false;   // a terminal
    bool debug = false;
    std::string title;  // of annotations: the program's name
  };
  // `secrets` may be set later than the log is made: they need one another.
  Story(Write write, sys::Random& random, Look look)
      : write_(std::move(write)), random_(random), look_(std::move(look)) {}
  void redact_with(const sys::Secrets& secrets) { secrets_ = &secrets; }

  // In Actions a warning and an error are annotations; no text of ours can be taken for a workflow command.
  void say(sys::Level level, std::string_view text) override;
  // In Actions a warning and an error are annotations of that place.
  void point(sys::Level level, const sys::SourcePlace& place, std::string_view text) override;
  // Between stop-commands markers in Actions; indented elsewhere. Control characters are shown, not sent.
  void quote(std::string_view title, std::string_view text) override;

 private:
  std::string clean(std::string_view text) const;
  void command(sys::Level level, std::string_view text, const sys::SourcePlace& place);
  Write write_;
  sys::Random& random_;
  Look look_;
  const sys::Secrets* secrets_ = nullptr;
};

}  // namespace sentimark::runner
