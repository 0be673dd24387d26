// A pattern over what other programs print: plain words, `*` for any text of the same line, `{name}` for such text
// that is kept. No regular expressions: time is linear in the text whatever it holds.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sentimark::kube {

struct Field {
  std::string name;
  std::string value;
  bool operator==(const Field&) const = default;
};

// The fields of the first place in the text where the pattern fits, upper and lower case alike (ASCII); nothing when it
// fits nowhere. A gap takes as little as it can, at most 400 bytes; one at the end takes the rest of the line. A
// pattern begins with a plain word. Values are one line of valid UTF-8 without control characters.
std::optional<std::vector<Field>> match(std::string_view pattern, std::string_view text);

// `{name}` and `{name|otherwise}` of a template replaced; an unknown name without an otherwise becomes nothing.
std::string fill(std::string_view form, const std::vector<Field>& fields);

}  // namespace sentimark::kube
