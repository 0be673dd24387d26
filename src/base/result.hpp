// Result<T>: a value or an Error, returned by value. The only way a failure travels between files.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/outcome.hpp"

namespace sentimark::base {

struct Error {
  Outcome kind = Outcome::internal;
  std::string what;                  // what happened, one sentence, no trailing newline
  std::string cure;                  // what to do next, one sentence; may be empty
  std::string code;                  // the service's own machine word, e.g. "AuthorizationFailed"; may be empty
  std::vector<std::string> context;  // innermost first: what was being done

  // Adds what the caller was doing and hands the error on.
  Error&& within(std::string doing) && {
    context.push_back(std::move(doing));
    return std::move(*this);
  }

  // "what (while doing, while doing)" without the cure.
  std::string sentence() const {
    std::string text = what;
    for (const std::string& doing : context) text += " (while " + doing + ")";
    return text;
  }
};

inline Error fail(Outcome kind, std::string what, std::string cure = {}, std::string code = {}) {
  return Error{kind, std::move(what), std::move(cure), std::move(code), {}};
}

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return state_.index() == 0; }
  bool ok() const { return state_.index() == 0; }

  // Precondition: ok() for a value, !ok() for an error. Broken, the program ends rather than goes on with nothing.
  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  explicit operator bool() const { return !error_.has_value(); }
  bool ok() const { return !error_.has_value(); }
  const Error& error() const& { return *error_; }
  Error&& error() && { return std::move(*error_); }

 private:
  std::optional<Error> error_;
};

using Done = Result<void>;

}  // namespace sentimark::base

// Hands a failure on to the caller.
#define SENTIMARK_TRY(expression)                                \
  do {                                                           \
    auto sentimark_try = (expression);                           \
    if (!sentimark_try) return std::move(sentimark_try).error(); \
  } while (false)

// Declares `name` with the value, or hands the failure on.
#define SENTIMARK_LET(name, expression)                        \
  auto name##_result = (expression);                           \
  if (!name##_result) return std::move(name##_result).error(); \
  auto name = std::move(name##_result).value()
