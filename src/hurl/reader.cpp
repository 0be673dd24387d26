#include "hurl/reader.hpp"

namespace sentimark::hurl {
namespace {

bool is_alnum(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

}  // namespace

void Reader::fail_at(std::size_t offset, std::string why, std::string cure) {
  if (!failed_) {
    failed_ = true;
    why_ = std::move(why);
    cure_ = std::move(cure);
    fault_place_ = place_at(offset);
  }
  at_ = text_.size();
}

Place Reader::place_at(std::size_t offset) const {
  if (offset < counted_) {
    counted_ = 0;
    counted_place_ = {};
  }
  for (; counted_ < offset; ++counted_) {
    const char c = text_[counted_];
    if (c == '\n') {
      ++counted_place_.line;
      counted_place_.column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) {
      ++counted_place_.column;
    }
  }
  return counted_place_;
}

bool Reader::spaces() {
  const std::size_t start = at_;
  while (peek() == ' ' || peek() == '\t') ++at_;
  return at_ > start;
}

void Reader::need_spaces() {
  if (!spaces()) fail("a space is needed");
}

bool Reader::line_ends() const {
  std::size_t at = at_;
  while (at < text_.size() && (text_[at] == ' ' || text_[at] == '\t')) ++at;
  if (at < text_.size() && text_[at] == '#') return true;
  return at >= text_.size() || text_[at] == '\n' || text_.substr(at).starts_with("\r\n");
}

void Reader::end_of_line() {
  if (!line_ends()) {
    spaces();
    return fail("the line should end here");
  }
  const std::size_t end = text_.find('\n', at_);
  at_ = end == std::string_view::npos ? text_.size() : end + 1;
}

void Reader::empty_lines() {
  while (!done() && line_ends()) end_of_line();
}

std::string_view Reader::word() {
  const std::size_t start = at_;
  while (is_alnum(peek())) ++at_;
  return since(start);
}

std::string_view Reader::run_of(std::string_view more_than_alnum) {
  const std::size_t start = at_;
  while (!done() && (is_alnum(peek()) || static_cast<unsigned char>(peek()) >= 0x80U ||
                     more_than_alnum.find(peek()) != std::string_view::npos)) {
    ++at_;
  }
  return since(start);
}

}  // namespace sentimark::hurl
