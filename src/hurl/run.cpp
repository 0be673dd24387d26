#include "hurl/run.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "hurl/cookie_jar.hpp"
#include "hurl/evaluate.hpp"
#include "hurl/outgoing.hpp"
#include "pack/deflate.hpp"

namespace sentimark::hurl {
namespace {

using base::Outcome;

base::Error insecure_refused(std::string_view file, Place place) {
  return error_at(file, place, "the option insecure is not allowed here", "allow it with --allow-insecure-tls");
}

// Text of a header, whatever bytes a server put there.
std::string header_text(const std::string& value) {
  return base::is_valid_utf8(value) ? value : decoded(value, "iso-8859-1").value.text();
}

// Hurl undoes what Content-Encoding names, in the order in which it stands there.
std::string undo_encodings(const http1::Response& from, std::size_t limit, std::string& body) {
  body = from.body;
  const std::string* const header = http1::find_header(from.headers, "content-encoding");
  if (header == nullptr) return {};
  for (const std::string& part : base::split(*header, ',')) {
    const std::string_view name = base::trim(part);
    if (name == "identity" || name.empty()) continue;
    if (name != "gzip" && name != "deflate")
      return "the Content-Encoding '" + base::shorten(name, 40) + "' is not supported: gzip and deflate are";
    auto plain = name == "gzip" ? pack::gunzip(body, limit) : pack::inflate_zlib(body, limit);
    if (!plain) return "the body is no " + std::string(name) + ": " + plain.error().what;
    body = std::move(plain).value();
  }
  return {};
}

struct Target {
  std::string host;
  std::uint16_t port = 0;
};

// HOST1:PORT1:HOST2:PORT2 as curl has it: an empty field on the left fits everything, one on the right changes nothing.
bool read_connect_to(const std::string& text, const http1::Url& url, Target& target) {
  std::vector<std::string> fields;
  std::string field;
  bool bracketed = false;
  for (const char c : text) {
    if (c == '[' || c == ']') {
      bracketed = c == '[';
    } else if (c == ':' && !bracketed) {
      fields.push_back(std::move(field));
      field.clear();
    } else {
      field.push_back(c);
    }
  }
  fields.push_back(field);
  if (fields.size() != 4) return false;
  const auto port = base::parse_unsigned(fields[3]);
  if (!fields[3].empty() && (!port || *port == 0 || *port > 65'535)) return false;
  const bool fits = (fields[0].empty() || base::equals_ignoring_case(fields[0], url.host)) &&
                    (fields[1].empty() || fields[1] == std::to_string(url.port));
  if (fits && target.host.empty() && target.port == 0)
    target = {fields[2], static_cast<std::uint16_t>(port ? *port : 0)};
  return true;
}

class Run {
 public:
  Run(const File& file, Variables variables, const RunOptions& options, RunWorld& world)
      : file_(file),
        variables_(std::move(variables)),
        options_(options),
        world_(world),
        client_(world.network, world.clock, world.roots, options.limits) {}

  base::Result<FileResult> all() {
    const base::Instant start = world_.clock.monotonic();
    result_.file = file_.name;
    for (const Entry& entry : file_.entries) {
      SENTIMARK_TRY(repeat(entry));
      if (!result_.entries.empty() && !result_.entries.back().passed()) break;
    }
    if (result_.entries.empty()) result_.warnings.push_back(file_.name + ": no entry was run");
    result_.duration = world_.clock.monotonic() - start;
    return std::move(result_);
  }

 private:
  base::Done repeat(const Entry& entry) {
    std::int64_t times = 0;
    do {
      auto settings = resolve(entry.request.options, file_.name, variables_);
      EntryResult told;
      told.place = entry.request.place;
      told.request = entry.request.method;
      if (settings && (settings->skip || settings->repeat == 0)) return {};
      if (times > 0) told.calls = result_.entries.back().calls;
      if (times > 0) result_.entries.pop_back();
      if (!settings) {
        SENTIMARK_TRY(add_problem(told, entry.request.place, settings.error(), "options"));
        result_.entries.push_back(std::move(told));
        return {};
      }
      SENTIMARK_TRY(wait(settings->delay));
      SENTIMARK_TRY(with_retries(entry, *settings, told));
      result_.entries.push_back(std::move(told));
      ++times;
      if (!result_.entries.back().passed()) return {};
      if (settings->repeat != Settings::without_end && times >= settings->repeat) return {};
    } while (true);
  }

  base::Done with_retries(const Entry& entry, const Settings& settings, EntryResult& told) {
    for (std::int64_t tries = 0;; ++tries) {
      told.findings.clear();
      told.code.clear();
      told.status = 0;
      SENTIMARK_TRY(once(entry, settings, told));
      const bool more = settings.retry == Settings::without_end || tries < settings.retry;
      const bool time = world_.clock.monotonic() + settings.retry_interval < options_.deadline;
      if (told.passed() || !more || !time) return {};
      SENTIMARK_TRY(wait(settings.retry_interval));
    }
  }

  base::Done wait(base::Millis span) {
    if (span <= base::Millis{0}) return {};
    const base::Instant until = std::min(world_.clock.monotonic() + span, options_.deadline);
    if (world_.clock.sleep_until(until, world_.stop)) return {};
    return base::fail(Outcome::interrupted, "stopped between two requests");
  }

  base::Done once(const Entry& entry, const Settings& settings, EntryResult& told) {
    auto out = outgoing(entry.request, file_.name, variables_, world_.files, world_.random);
    if (!out) return add_problem(told, entry.request.place, out.error(), "request");
    const http1::Url& url = out->request.url;
    told.request = entry.request.method + " " + base::shorten(url.text().substr(0, url.text().find('?')), 300);
    if (settings.insecure && !options_.allow_insecure)
      return add_problem(told, entry.request.place, insecure_refused(file_.name, entry.request.place), "insecure");
    auto exchange = follow(*out, settings, told);
    if (!exchange) {
      if (exchange.error().kind == Outcome::interrupted) return std::move(exchange).error();
      return add_problem(told, entry.request.url.place, exchange.error(), "request");
    }
    told.status = exchange->response.status;
    told.duration = exchange->duration;
    if (!entry.response) return {};
    Judgement judgement =
        judge(*entry.response, response_of(*exchange), file_.name, variables_, &world_.files, world_.clock.wall());
    told.findings = std::move(judgement.findings);
    keep_secrets(*entry.response, judgement.captured);
    return {};
  }

  void keep_secrets(const Expectation& expected, const std::vector<std::string>& captured) {
    for (std::size_t at = 0; at < captured.size(); ++at) {
      const Value* const value = variables_.find(captured[at]);
      if (!expected.captures[at].redacted || value == nullptr) continue;
      world_.secret(value->kind == Value::Kind::bytes ? value->bytes : value->text());
    }
  }

  // The call, and those that its redirects lead to; the method and what may travel on as libcurl and Hurl have it.
  base::Result<http1::Exchange> follow(Outgoing& out, const Settings& settings, EntryResult& told) {
    const http1::Url first = out.request.url;
    http1::Request request = out.request;
    if (!out.content_type.empty()) request.headers.emplace_back("Content-Type", out.content_type);
    std::string user = settings.user;
    for (std::int64_t redirects = 0;; ++redirects) {
      SENTIMARK_LET(exchange, call(request, out.cookies, user, settings));
      ++told.calls;
      url_ = request.url.text();
      const http1::Response& response = exchange.response;
      for (const auto& [name, value] : response.headers) {
        if (base::equals_ignoring_case(name, "set-cookie")) cookies_.set(value, request.url, world_.clock.wall());
      }
      const std::string* const location = http1::find_header(response.headers, "location");
      if (!settings.location || response.status < 300 || response.status > 399 || location == nullptr) return exchange;
      if (settings.max_redirs != Settings::without_end && redirects >= settings.max_redirs) {
        return base::fail(Outcome::remote, "there are more than " + std::to_string(settings.max_redirs) + " redirects",
                          "the option max-redirs allows more", "redirects");
      }
      SENTIMARK_LET(next, http1::resolve(request.url, *location));
      if (response.status <= 303 && response.status >= 301 && request.method != "GET") {
        request.method = "GET";
        drop(request.headers, {"content-length", "transfer-encoding"});
        if (!out.content_type.empty()) drop(request.headers, {"content-type"});
        request.body.clear();
      }
      if (!next.same_origin(first)) {
        drop(request.headers, {"authorization", "cookie"});
        user.clear();
      }
      request.url = std::move(next);
    }
  }

  static void drop(std::vector<http1::Header>& headers, std::initializer_list<std::string_view> names) {
    std::erase_if(headers, [&](const http1::Header& header) {
      return std::any_of(names.begin(), names.end(),
                         [&](std::string_view name) { return base::equals_ignoring_case(header.first, name); });
    });
  }

  base::Result<http1::Exchange> call(const http1::Request& from, const std::string& cookies, const std::string& user,
                                     const Settings& settings) {
    http1::Request request = from;
    for (const std::string& line : settings.headers) {
      const std::size_t colon = std::min(line.find(':'), line.size());
      request.headers.emplace_back(base::trim(std::string_view(line).substr(0, colon)),
                                   base::trim(std::string_view(line).substr(std::min(colon + 1, line.size()))));
    }
    const auto add = [&request](std::string name, std::string value) {
      if (http1::find_header(request.headers, name) == nullptr)
        request.headers.emplace_back(std::move(name), std::move(value));
    };
    add("Accept", "*/*");
    add("User-Agent", options_.user_agent);
    const std::string& login = user.empty() ? request.url.user : user;
    if (!login.empty()) add("Authorization", "Basic " + base::to_base64(login));
    std::string known = cookies_.header_for(request.url, world_.clock.wall());
    if (!cookies.empty()) known += (known.empty() ? "" : "; ") + cookies;
    if (!known.empty()) request.headers.emplace_back("Cookie", std::move(known));

    http1::Way way;
    way.verify = !settings.insecure;
    way.deadline = std::min(world_.clock.monotonic() + options_.request_timeout, options_.deadline);
    Target target;
    for (const std::string& text : settings.connect_to) {
      if (!read_connect_to(text, request.url, target))
        return base::fail(Outcome::usage, "the option connect-to is not HOST1:PORT1:HOST2:PORT2: " + text);
    }
    way.host = target.host;
    way.port = target.port;
    if (request.url.secure && settings.insecure) result_.insecure = true;
    return client_.send(request, way, world_.stop);
  }

  Response response_of(http1::Exchange& exchange) const {
    Response response;
    response.version = exchange.response.version;
    response.status = exchange.response.status;
    for (auto& [name, value] : exchange.response.headers) response.headers.push_back({name, header_text(value)});
    response.body_problem = undo_encodings(exchange.response, options_.limits.body, response.body);
    response.url = url_;
    response.ip = exchange.ip;
    response.duration = exchange.duration;
    response.certificate = exchange.certificate;
    return response;
  }

  // An error that has its place already keeps it.
  base::Done add_problem(EntryResult& told, Place place, const base::Error& error, std::string_view code) const {
    Finding finding;
    finding.place = place;
    finding.assertion = code;
    finding.actual = error.sentence();
    if (auto complaint = complaint_of(error, file_.name)) {
      finding.place = complaint->place;
      finding.actual = std::move(complaint->why);
    }
    if (!error.cure.empty()) finding.actual += ": " + error.cure;
    told.code = error.code.empty() || error.code == "hurl" ? std::string(code) : error.code;
    told.findings.push_back(std::move(finding));
    return {};
  }

  const File& file_;
  Variables variables_;
  const RunOptions& options_;
  RunWorld& world_;
  http1::Client client_;
  CookieJar cookies_;
  std::string url_;  // that was asked last
  FileResult result_;
};

}  // namespace

bool EntryResult::passed() const {
  return std::all_of(findings.begin(), findings.end(), [](const Finding& finding) { return finding.passed; });
}

bool FileResult::passed() const {
  return std::all_of(entries.begin(), entries.end(), [](const EntryResult& entry) { return entry.passed(); });
}

base::Done check_allowed(const File& file, const RunOptions& options) {
  if (options.allow_insecure) return {};
  for (const Entry& entry : file.entries) {
    for (const Option& option : entry.request.options) {
      const bool constant = option.value.pieces.size() == 1 && option.value.is_constant();
      if (option.name == Option::Name::insecure && constant && option.value.pieces[0].text == "true")
        return insecure_refused(file.name, option.value.place);
    }
  }
  return {};
}

base::Result<FileResult> run(const File& file, Variables variables, const RunOptions& options, RunWorld& world) {
  return Run(file, std::move(variables), options, world).all();
}

}  // namespace sentimark::hurl
