#include "verify/hurl_inputs.hpp"

#include "base/text.hpp"
#include "hurl/parse.hpp"
#include "json/text.hpp"
#include "net/trust.hpp"
#include "version/version.hpp"

namespace sentimark::verify {
namespace {

using base::Outcome;

constexpr std::uint64_t k_most_file = 16U << 20U;

// As Hurl reads --variable: what looks like a boolean, null or a number is one, quotes make a string of anything.
hurl::Value value_of(const std::string& text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
    return hurl::Value::of(json::Value(text.substr(1, text.size() - 2)));
  const auto scalar = json::parse(text);
  const bool plain = scalar && (scalar->is_null() || scalar->is_bool() || scalar->is_number());
  return hurl::Value::of(plain ? *scalar : json::Value(text));
}

base::Done read_pairs(const runner::Inputs& inputs, const std::string& input,
                      const std::function<void(const std::string&, const std::string&)>& use) {
  for (const std::string& line : inputs.lines(input)) {
    const std::size_t equals = line.find('=');
    if (equals == 0 || equals == std::string::npos) {
      return base::fail(Outcome::usage, "input " + input + " has a line that is not name=value",
                        "write --" + input + " name=value");
    }
    use(std::string(base::trim(line.substr(0, equals))), line.substr(equals + 1));
  }
  return {};
}

base::Result<std::string> read_roots(sys::Sys& sys, const runner::Inputs& inputs) {
  const std::string file = inputs.get("ca-file");
  if (!file.empty()) return sys.files.read(file, k_most_file);
  return net::read_trust(sys.env, sys.files);
}

base::Result<hurl::File> read_file(sys::Sys& sys, const std::string& name, const hurl::RunOptions& options) {
  SENTIMARK_LET(text, sys.files.read(name == "-" ? "/dev/stdin" : name, k_most_file));
  SENTIMARK_LET(file, hurl::parse(text, name));
  SENTIMARK_TRY(hurl::check_allowed(file, options));
  return file;
}

}  // namespace

FolderFiles::FolderFiles(sys::Files& files, const std::string& hurl_file) : files_(files) {
  const std::size_t slash = hurl_file.rfind('/');
  if (slash != std::string::npos) folder_ = hurl_file.substr(0, slash + 1);
}

base::Result<std::string> FolderFiles::read(std::string_view name) {
  std::vector<std::string> path;
  bool below = !name.starts_with('/');
  for (std::string& part : base::split(name, '/')) {
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      path.push_back(std::move(part));
    } else if (path.empty()) {
      below = false;
    } else {
      path.pop_back();
    }
  }
  if (below) return files_.read(folder_ + base::join(path, "/"), k_most_file);
  return base::fail(Outcome::config, "the file " + base::shorten(name, 200) + " is not below the .hurl file",
                    "put it there");
}

void keep_secret(sys::Sys& sys, std::string_view text) {
  if (text.empty()) return;
  (void)sys.secrets.make(std::string(text));
  const std::string quoted = json::to_text(json::Value(base::to_valid_utf8(text)));
  const std::string inner = quoted.substr(1, quoted.size() - 2);
  if (inner != text) (void)sys.secrets.make(inner);
}

base::Result<hurl::Variables> variables_in(const runner::Inputs& inputs, const std::string& input) {
  hurl::Variables variables;
  SENTIMARK_TRY(read_pairs(
      inputs, input, [&](const std::string& name, const std::string& value) { variables.set(name, value_of(value)); }));
  return variables;
}

base::Result<hurl::Variables> read_variables(sys::Sys& sys, const runner::Inputs& inputs) {
  SENTIMARK_LET(variables, variables_in(inputs, "variable"));
  SENTIMARK_TRY(read_pairs(inputs, "secret", [&](const std::string& name, const std::string& value) {
    keep_secret(sys, value);
    variables.set(name, hurl::Value::of(json::Value(value)));
  }));
  return variables;
}

base::Result<std::vector<hurl::File>> read_files(sys::Sys& sys, const std::vector<std::string>& names,
                                                 const hurl::RunOptions& options, runner::Ending& ending) {
  std::vector<hurl::File> files;
  std::optional<base::Error> first;
  for (const std::string& name : names) {
    auto file = read_file(sys, name, options);
    if (file) {
      files.push_back(std::move(file).value());
      continue;
    }
    const base::Error& error = file.error();
    const auto complaint = hurl::complaint_of(error, name);
    const std::string cure = error.cure.empty() ? "" : ": " + error.cure;
    ending.remarks.push_back({sys::Level::error,
                              {name, complaint ? complaint->place.line : 0, complaint ? complaint->place.column : 0},
                              (complaint ? complaint->why : error.sentence()) + cure});
    if (!first) first = error;
  }
  if (first) return std::move(*first);
  return files;
}

base::Result<base::Millis> read_duration(const runner::Inputs& inputs, const std::string& name) {
  auto span = base::parse_duration(inputs.get(name));
  if (!span) return std::move(span).error().within("reading input " + name);
  return span;
}

base::Result<hurl::RunOptions> read_run_options(sys::Sys& sys, const runner::Inputs& inputs) {
  hurl::RunOptions options;
  SENTIMARK_LET(timeout, read_duration(inputs, "timeout"));
  SENTIMARK_LET(request_timeout, read_duration(inputs, "request-timeout"));
  options.deadline = sys.clock.monotonic() + timeout;
  options.request_timeout = request_timeout;
  options.allow_insecure = inputs.is_on("allow-insecure-tls");
  options.user_agent = "sentimark-verify/" + std::string(version::version());
  return options;
}

base::Result<FindRoots> root_finder(sys::Sys& sys, const runner::Inputs& inputs) {
  auto known = std::make_shared<std::optional<http1::Roots>>();
  FindRoots find = [&sys, &inputs, known]() -> base::Result<http1::Roots> {
    if (*known) return **known;
    SENTIMARK_LET(pem, read_roots(sys, inputs));
    SENTIMARK_LET(read, http1::Roots::parse(pem));
    *known = read;
    return read;
  };
  // A file that the user names must be good; the machine's own is looked at when a server speaks TLS.
  if (!inputs.get("ca-file").empty()) SENTIMARK_TRY(find());
  return find;
}

}  // namespace sentimark::verify
