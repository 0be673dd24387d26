#include "hurl/render.hpp"

#include "base/text.hpp"
#include "base/time.hpp"
#include "json/text.hpp"

namespace sentimark::hurl {
namespace {

// A JSON string's inside.
std::string json_escaped(std::string_view text) {
  const std::string quoted = json::to_text(json::Value(text));
  return quoted.substr(1, quoted.size() - 2);
}

// Numbers, booleans and null as JSON writes them, strings as they are.
bool as_text(const Value& value, std::string& text) {
  if (value.kind == Value::Kind::date) return text = base::to_rfc3339(value.date), true;
  if (value.kind != Value::Kind::json || value.json.is_array() || value.json.is_object()) return false;
  text = value.json.is_string() ? value.text() : json::to_text(value.json);
  return true;
}

}  // namespace

base::Error error_at(std::string_view file, Place place, std::string why, std::string cure) {
  return base::fail(
      base::Outcome::config,
      std::string(file) + ":" + std::to_string(place.line) + ":" + std::to_string(place.column) + ": " + why,
      std::move(cure), "hurl");
}

std::optional<Complaint> complaint_of(const base::Error& error, std::string_view file) {
  const std::string prefix = std::string(file) + ":";
  if (error.code != "hurl" || !error.what.starts_with(prefix)) return std::nullopt;
  const std::vector<std::string> parts = base::split(std::string_view(error.what).substr(prefix.size()), ':');
  const auto line = base::parse_unsigned(parts[0]);
  const auto column = parts.size() > 2 ? base::parse_unsigned(parts[1]) : std::nullopt;
  if (!line || !column) return std::nullopt;
  const std::size_t begin = prefix.size() + parts[0].size() + parts[1].size() + 2;
  return Complaint{{static_cast<std::uint32_t>(*line), static_cast<std::uint32_t>(*column)},
                   std::string(base::trim(std::string_view(error.what).substr(begin)))};
}

base::Result<std::string> render(const Template& text, std::string_view file, const Variables& variables) {
  std::string result;
  for (const Piece& piece : text.pieces) {
    if (piece.kind == Piece::Kind::text) {
      result += piece.text;
      continue;
    }
    const Value* const value = variables.find(piece.text);
    if (value == nullptr) return error_at(file, piece.place, "the variable '" + piece.text + "' is not set");
    std::string written;
    if (!as_text(*value, written))
      return error_at(file, piece.place, "the variable '" + piece.text + "' is no text: " + describe(*value));
    if (piece.kind == Piece::Kind::json_string) written = json_escaped(written);
    if (piece.kind == Piece::Kind::json_value) {
      const auto parsed = json::parse(written);
      const bool scalar = parsed && (parsed->is_null() || parsed->is_bool() || parsed->is_number());
      if (!scalar) {
        return error_at(file, piece.place,
                        "the variable '" + piece.text + "' is no number, boolean or null: " + describe(*value),
                        "put it in quotes");
      }
    }
    result += written;
  }
  return result;
}

base::Result<std::string> read_named(const Template& name, std::string_view file, const Variables& variables,
                                     Files* files) {
  SENTIMARK_LET(text, render(name, file, variables));
  if (files == nullptr) return error_at(file, name.place, "files cannot be read here");
  auto bytes = files->read(text);
  if (!bytes) return error_at(file, name.place, bytes.error().sentence(), bytes.error().cure);
  return bytes;
}

base::Result<Value> value_of(const Literal& literal, std::string_view file, const Variables& variables, Files* files) {
  switch (literal.kind) {
    case Literal::Kind::json:
      return Value::of(literal.json);
    case Literal::Kind::bytes:
      return Value::of_bytes(literal.bytes);
    case Literal::Kind::variable: {
      const Piece& piece = literal.text.pieces[0];
      const Value* const value = variables.find(piece.text);
      if (value == nullptr) return error_at(file, piece.place, "the variable '" + piece.text + "' is not set");
      return *value;
    }
    case Literal::Kind::text:
    case Literal::Kind::file:
    case Literal::Kind::regex:
      break;
  }
  if (literal.kind == Literal::Kind::file) {
    SENTIMARK_LET(bytes, read_named(literal.text, file, variables, files));
    return Value::of_bytes(std::move(bytes));
  }
  SENTIMARK_LET(text, render(literal.text, file, variables));
  return Value::of(json::Value(std::move(text)));
}

base::Result<std::string> render_body(const Body& body, std::string_view file, const Variables& variables,
                                      Files* files) {
  if (body.kind == Body::Kind::none) return std::string();
  if (body.kind == Body::Kind::bytes) return body.bytes;
  if (body.kind == Body::Kind::file) return read_named(body.text, file, variables, files);
  SENTIMARK_LET(text, render(body.text, file, variables));
  if (body.kind != Body::Kind::graphql) return text;
  SENTIMARK_LET(given, render(body.variables, file, variables));
  std::string request = "{\"query\":\"" + json_escaped(text) + "\"";
  if (!given.empty()) request += ",\"variables\":" + given;
  return request + "}";
}

}  // namespace sentimark::hurl
