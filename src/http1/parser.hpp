// ResponseParser: the bytes of one response, as they come, to the response. Strict: what two readers could take for two
// different messages is refused, and so is what is larger than allowed.
#pragma once
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "http1/message.hpp"

namespace sentimark::http1 {

// Errors are of kind remote, with code "not-http", "http2-only", "bad-message", "too-large" or "truncated".
class ResponseParser {
 public:
  // The answer to a HEAD has no body, whatever its headers say.
  ResponseParser(bool to_head, Limits limits) : to_head_(to_head), limits_(limits) {}

  // Takes bytes and says how many: fewer than given only when the response ended among them.
  base::Result<std::size_t> feed(std::string_view bytes);
  // The server has closed its side.
  base::Done end();

  bool begun() const { return begun_; }  // a first byte has come
  bool complete() const { return state_ == State::complete; }
  bool keeps_alive() const { return keeps_alive_; }  // once complete: the connection may be used again
  Response take() { return std::move(response_); }

 private:
  enum class State { status, headers, counted, to_the_end, chunk_size, chunk, chunk_end, trailers, complete };
  base::Done line();
  base::Done status_line();
  base::Done header_line();
  base::Done head_ends();
  base::Done framing();
  base::Done chunk_size();
  base::Done add(std::string_view bytes);
  bool in_lines() const;

  bool to_head_;
  Limits limits_;
  State state_ = State::status;
  bool begun_ = false;
  bool keeps_alive_ = false;
  std::string line_;
  std::size_t head_bytes_ = 0;
  int interim_ = 0;
  std::uint64_t left_ = 0;  // of a counted body or of a chunk
  Response response_;
};

}  // namespace sentimark::http1
