// Templates, literals and bodies with the variables put in.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "hurl/file.hpp"
#include "hurl/value.hpp"

namespace sentimark::hurl {

// "file:line:column: why", kind config, code "hurl".
base::Error error_at(std::string_view file, Place place, std::string why, std::string cure = {});

// Where such an error stands, and its words without the place; nothing for an error of another kind.
struct Complaint {
  Place place;
  std::string why;
};
std::optional<Complaint> complaint_of(const base::Error& error, std::string_view file);

// Files that bodies and predicates name, relative to the .hurl file.
class Files {
 public:
  virtual ~Files() = default;
  virtual base::Result<std::string> read(std::string_view name) = 0;
};

// Error (config): a variable that is not set, or is a list, an object or bytes.
base::Result<std::string> render(const Template& text, std::string_view file, const Variables& variables);

// The file that a template names. Error: config, at the template's place.
base::Result<std::string> read_named(const Template& name, std::string_view file, const Variables& variables,
                                     Files* files);

// Without files, a literal that names one is an error.
base::Result<Value> value_of(const Literal& literal, std::string_view file, const Variables& variables, Files* files);

// The bytes of a body; JSON, XML and texts keep their white space, GraphQL becomes its JSON request.
base::Result<std::string> render_body(const Body& body, std::string_view file, const Variables& variables,
                                      Files* files);

}  // namespace sentimark::hurl
