#include "http1/parser.hpp"

#include <algorithm>
#include <optional>

#include "base/text.hpp"

namespace sentimark::http1 {
namespace {

base::Error bad(std::string why, std::string code = "bad-message") {
  return base::fail(base::Outcome::remote, "the server's answer " + std::move(why), {}, std::move(code));
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// A SETTINGS frame on stream 0, with which every HTTP/2 server begins (RFC 9113, section 3.4).
bool is_http2(std::string_view bytes) { return bytes.size() >= 4 && bytes[0] == 0 && bytes[3] == 4; }

base::Error not_http(std::string_view bytes) {
  if (is_http2(bytes)) {
    return base::fail(base::Outcome::remote, "the server speaks HTTP/2 only", "let it speak HTTP/1.1 as well",
                      "http2-only");
  }
  return bad("is not HTTP: it begins with '" + base::shorten(base::to_valid_utf8(bytes.substr(0, 40)), 40) + "'",
             "not-http");
}

// The one length that all Content-Length headers agree on; -1 for none.
base::Result<std::int64_t> content_length(const std::vector<Header>& headers) {
  std::optional<std::string> first;
  for (const Header& header : headers) {
    if (!base::equals_ignoring_case(header.first, "content-length")) continue;
    for (const std::string& part : base::split(header.second, ',')) {
      const std::string text(base::trim(part));
      if (!all_digits(text)) return bad("has the Content-Length '" + base::shorten(text, 40) + "'");
      if (first && *first != text) return bad("has two Content-Lengths");
      first = text;
    }
  }
  if (!first) return std::int64_t{-1};
  const auto number = base::parse_unsigned(*first);
  if (!number || *number > INT64_MAX) return bad("has a Content-Length beyond all measure", "too-large");
  return static_cast<std::int64_t>(*number);
}

}  // namespace

bool ResponseParser::in_lines() const {
  return state_ == State::status || state_ == State::headers || state_ == State::chunk_size ||
         state_ == State::chunk_end || state_ == State::trailers;
}

base::Result<std::size_t> ResponseParser::feed(std::string_view bytes) {
  const std::size_t given = bytes.size();
  begun_ = begun_ || given > 0;
  while (!bytes.empty() && state_ != State::complete) {
    if (in_lines()) {
      const std::size_t end = bytes.find('\n');
      const std::size_t taken = end == std::string_view::npos ? bytes.size() : end + 1;
      line_ += bytes.substr(0, taken);
      bytes.remove_prefix(taken);
      // Known by their first bytes, before a line's end that may never come.
      if (state_ == State::status && line_.size() >= 5 && !line_.starts_with("HTTP/")) return not_http(line_);
      head_bytes_ += taken;
      if (head_bytes_ > limits_.head) return bad("has more headers than allowed", "too-large");
      if (end != std::string_view::npos) SENTIMARK_TRY(line());
      continue;
    }
    if (state_ == State::to_the_end) {
      SENTIMARK_TRY(add(bytes));
      return given;
    }
    const std::string_view part = bytes.substr(0, std::min<std::uint64_t>(left_, bytes.size()));
    SENTIMARK_TRY(add(part));
    bytes.remove_prefix(part.size());
    left_ -= part.size();
    if (left_ == 0) state_ = state_ == State::counted ? State::complete : State::chunk_end;
  }
  return given - bytes.size();
}

base::Done ResponseParser::end() {
  if (state_ == State::complete) return {};
  if (state_ == State::to_the_end) {
    state_ = State::complete;
    return {};
  }
  if (!begun_) return bad("never came: it closed the connection", "truncated");
  if (state_ == State::status && !line_.starts_with("HTTP/")) return not_http(line_);
  if (state_ == State::counted)
    return bad("broke off: " + std::to_string(left_) + " bytes short of its Content-Length", "truncated");
  return bad(state_ == State::status || state_ == State::headers ? "broke off in its headers" : "broke off in its body",
             "truncated");
}

base::Done ResponseParser::add(std::string_view bytes) {
  if (bytes.size() > limits_.body - response_.body.size())
    return bad("has a body of more than " + std::to_string(limits_.body) + " bytes", "too-large");
  response_.body += bytes;
  return {};
}

// A whole line with its end.
base::Done ResponseParser::line() {
  line_.pop_back();
  const bool crlf = line_.ends_with('\r');
  if (crlf) line_.pop_back();
  // A lone LF ends a line of a head (RFC 9112, section 2.2), never one of the chunks: there it would be a second
  // reading.
  if (!crlf && state_ != State::status && state_ != State::headers) return bad("has a chunk without CRLF");
  base::Done done;
  switch (state_) {
    case State::status:
      done = status_line();
      break;
    case State::headers:
      done = line_.empty() ? head_ends() : header_line();
      break;
    case State::chunk_size:
      done = chunk_size();
      break;
    case State::chunk_end:
      if (!line_.empty()) return bad("has a chunk that is longer than its size");
      state_ = State::chunk_size;
      break;
    case State::trailers:
      if (line_.empty()) state_ = State::complete;
      break;
    default:
      break;
  }
  line_.clear();
  return done;
}

base::Done ResponseParser::status_line() {
  const std::string_view text = line_;
  const bool shape = text.size() >= 12 && text.starts_with("HTTP/1.") && (text[7] == '0' || text[7] == '1') &&
                     text[8] == ' ' && all_digits(text.substr(9, 3)) && text[9] != '0' &&
                     (text.size() == 12 || text[12] == ' ') && is_field_value(text);
  if (!shape) return bad("has the status line '" + base::shorten(base::to_valid_utf8(text), 60) + "'", "not-http");
  response_.version = text.substr(5, 3);
  response_.status = (text[9] - '0') * 100 + (text[10] - '0') * 10 + (text[11] - '0');
  state_ = State::headers;
  return {};
}

base::Done ResponseParser::header_line() {
  const std::string_view text = line_;
  const std::size_t colon = text.find(':');
  const std::string_view name = text.substr(0, std::min(colon, text.size()));
  // Folded lines and blanks before the colon are read in two ways by different readers.
  if (colon == std::string_view::npos || !is_token(name) || !is_field_value(text))
    return bad("has the header line '" + base::shorten(base::to_valid_utf8(text), 60) + "'");
  if (response_.headers.size() >= limits_.headers) return bad("has more headers than allowed", "too-large");
  response_.headers.emplace_back(name, base::trim(text.substr(colon + 1)));
  return {};
}

base::Done ResponseParser::head_ends() {
  const int status = response_.status;
  if (status >= 200) return framing();
  if (status == 101) return bad("switches to a protocol that nobody asked for");
  if (++interim_ > limits_.interim) return bad("is announced again and again and never comes");
  response_ = {};
  state_ = State::status;
  return {};
}

// RFC 9112, section 6.3.
base::Done ResponseParser::framing() {
  const std::string* const connection = find_header(response_.headers, "connection");
  const std::string words = connection == nullptr ? "" : base::to_lower(*connection);
  keeps_alive_ = response_.version == "1.1" && !base::contains(words, "close");
  std::vector<std::string> codings;
  for (const Header& header : response_.headers) {
    if (base::equals_ignoring_case(header.first, "transfer-encoding"))
      codings.push_back(base::to_lower(base::trim(header.second)));
  }
  SENTIMARK_LET(length, content_length(response_.headers));
  if (!codings.empty() && (length >= 0 || response_.version == "1.0"))
    return bad("has a Transfer-Encoding where none may be: its length can be read in two ways");
  if (codings.size() > 1 || (!codings.empty() && codings[0] != "chunked"))
    return bad("has the Transfer-Encoding '" + base::shorten(base::join(codings, ", "), 60) + "'");
  if (to_head_ || response_.status == 204 || response_.status == 304 || length == 0) {
    state_ = State::complete;
  } else if (!codings.empty()) {
    state_ = State::chunk_size;
    head_bytes_ = 0;  // from here on of sizes and trailers
  } else if (length > 0) {
    if (static_cast<std::uint64_t>(length) > limits_.body)
      return bad("announces a body of " + std::to_string(length) + " bytes", "too-large");
    state_ = State::counted;
    left_ = static_cast<std::uint64_t>(length);
  } else {
    state_ = State::to_the_end;
    keeps_alive_ = false;
  }
  return {};
}

base::Done ResponseParser::chunk_size() {
  const std::string_view text = line_;
  const std::size_t digits = std::min(text.find_first_not_of("0123456789abcdefABCDEF"), text.size());
  const std::string_view rest = base::trim(text.substr(digits));
  if (digits == 0 || digits > 15 || (!rest.empty() && rest[0] != ';') || !is_field_value(text))
    return bad("has the chunk size '" + base::shorten(base::to_valid_utf8(text), 40) + "'");
  left_ = 0;
  for (const char c : text.substr(0, digits)) {
    const int value = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
    left_ = left_ * 16 + static_cast<std::uint64_t>(value);
  }
  state_ = left_ == 0 ? State::trailers : State::chunk;
  // Sizes of real chunks cost nothing of the limit: a long body may have many of them.
  if (left_ > 0 && rest.empty()) head_bytes_ = 0;
  return {};
}

}  // namespace sentimark::http1
