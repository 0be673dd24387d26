#include "hurl/session.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "hurl/evaluate.hpp"
#include "hurl/outgoing.hpp"
#include "pack/deflate.hpp"

namespace sentimark::hurl {
namespace {

using base::Outcome;

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

void drop(std::vector<http1::Header>& headers, std::initializer_list<std::string_view> names) {
  std::erase_if(headers, [&](const http1::Header& header) {
    return std::any_of(names.begin(), names.end(),
                       [&](std::string_view name) { return base::equals_ignoring_case(header.first, name); });
  });
}

}  // namespace

Session::Session(const File& file, Variables variables, const RunOptions& options, const Surroundings& around)
    : file_(file),
      variables_(std::move(variables)),
      options_(options),
      around_(around),
      begun_(around.clock.monotonic()) {
  result_.file = file.name;
}

FileResult Session::take() && {
  if (result_.entries.empty()) result_.warnings.push_back(file_.name + ": no entry was run");
  result_.duration = around_.clock.monotonic() - begun_;
  result_.variables = std::move(variables_);
  return std::move(result_);
}

Step Session::next() {
  for (;;) {
    std::optional<Step> step;
    switch (phase_) {
      case Phase::entry:
        step = begin_entry();
        break;
      case Phase::attempt:
        begin_attempt();
        break;
      case Phase::call: {
        auto call = make_call();
        if (call) return std::move(call).value();
        add_problem(entry().request.url.place, call.error(), "request");
        attempt_ends();
        break;
      }
      case Phase::retry:
        phase_ = Phase::attempt;
        step = wait(settings_.retry_interval);
        break;
      case Phase::done:
        return {};
    }
    if (step) return std::move(*step);
  }
}

std::optional<Step> Session::begin_entry() {
  if (at_ == file_.entries.size()) {
    phase_ = Phase::done;
    return std::nullopt;
  }
  auto settings = resolve(entry().request.options, file_.name, variables_);
  if (settings && (settings->skip || settings->repeat == 0)) {
    ++at_;
    times_ = 0;
    return std::nullopt;
  }
  told_ = {};
  told_.place = entry().request.place;
  told_.request = entry().request.method;
  if (times_ > 0) {
    told_.calls = result_.entries.back().calls;
    result_.entries.pop_back();
  }
  if (!settings) {
    add_problem(entry().request.place, settings.error(), "options");
    result_.entries.push_back(std::move(told_));
    phase_ = Phase::done;
    return std::nullopt;
  }
  settings_ = std::move(settings).value();
  tries_ = 0;
  phase_ = Phase::attempt;
  return wait(settings_.delay);
}

std::optional<Step> Session::wait(base::Millis span) const {
  if (span <= base::Millis{0}) return std::nullopt;
  Step step;
  step.kind = Step::Kind::wait;
  step.entry = at_;
  step.until = std::min(around_.clock.monotonic() + span, options_.deadline);
  return step;
}

void Session::begin_attempt() {
  told_.findings.clear();
  told_.code.clear();
  told_.status = 0;
  const Request& request = entry().request;
  auto out = outgoing(request, file_.name, variables_, around_.files, around_.random);
  if (!out) {
    add_problem(request.place, out.error(), "request");
    return attempt_ends();
  }
  request_ = std::move(out->request);
  content_type_ = std::move(out->content_type);
  known_cookies_ = std::move(out->cookies);
  const std::string address = request_.url.text();
  told_.request = request.method + " " + base::shorten(address.substr(0, address.find('?')), 300);
  if (settings_.insecure && !options_.allow_insecure) {
    add_problem(request.place, insecure_refused(file_.name, request.place), "insecure");
    return attempt_ends();
  }
  if (!content_type_.empty()) request_.headers.emplace_back("Content-Type", content_type_);
  first_ = request_.url;
  user_ = settings_.user;
  redirects_ = 0;
  phase_ = Phase::call;
}

base::Result<Step> Session::make_call() {
  Step step;
  step.kind = Step::Kind::call;
  step.entry = at_;
  step.request = request_;
  http1::Request& request = step.request;
  for (const std::string& line : settings_.headers) {
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
  const std::string& login = user_.empty() ? request.url.user : user_;
  if (!login.empty()) add("Authorization", "Basic " + base::to_base64(login));
  std::string known = cookies_.header_for(request.url, around_.clock.wall());
  if (!known_cookies_.empty()) known += (known.empty() ? "" : "; ") + known_cookies_;
  if (!known.empty()) request.headers.emplace_back("Cookie", std::move(known));

  step.way.verify = !settings_.insecure;
  step.way.deadline = std::min(around_.clock.monotonic() + options_.request_timeout, options_.deadline);
  Target target;
  for (const std::string& text : settings_.connect_to) {
    if (!read_connect_to(text, request.url, target))
      return base::fail(Outcome::usage, "the option connect-to is not HOST1:PORT1:HOST2:PORT2: " + text);
  }
  step.way.host = target.host;
  step.way.port = target.port;
  if (request.url.secure && settings_.insecure) result_.insecure = true;
  return step;
}

void Session::answer(base::Result<http1::Exchange> exchange) {
  if (exchange) {
    ++told_.calls;
    url_ = request_.url.text();
    const auto again = redirected(*exchange);
    if (again && *again) return;
    if (again) {
      judge_answer(*exchange);
    } else {
      add_problem(entry().request.url.place, again.error(), "request");
    }
  } else {
    add_problem(entry().request.url.place, exchange.error(), "request");
  }
  attempt_ends();
}

// Whether the answer leads to another call; the method and what may travel on as libcurl and Hurl have it.
base::Result<bool> Session::redirected(const http1::Exchange& exchange) {
  const http1::Response& response = exchange.response;
  for (const auto& [name, value] : response.headers) {
    if (base::equals_ignoring_case(name, "set-cookie")) cookies_.set(value, request_.url, around_.clock.wall());
  }
  const std::string* const location = http1::find_header(response.headers, "location");
  if (!settings_.location || response.status < 300 || response.status > 399 || location == nullptr) return false;
  if (settings_.max_redirs != Settings::without_end && redirects_ >= settings_.max_redirs) {
    return base::fail(Outcome::remote, "there are more than " + std::to_string(settings_.max_redirs) + " redirects",
                      "the option max-redirs allows more", "redirects");
  }
  SENTIMARK_LET(next, http1::resolve(request_.url, *location));
  if (response.status <= 303 && response.status >= 301 && request_.method != "GET") {
    request_.method = "GET";
    drop(request_.headers, {"content-length", "transfer-encoding"});
    if (!content_type_.empty()) drop(request_.headers, {"content-type"});
    request_.body.clear();
  }
  if (!next.same_origin(first_)) {
    drop(request_.headers, {"authorization", "cookie"});
    user_.clear();
  }
  request_.url = std::move(next);
  ++redirects_;
  return true;
}

void Session::judge_answer(http1::Exchange& exchange) {
  told_.status = exchange.response.status;
  told_.duration = exchange.duration;
  const std::optional<Expectation>& expected = entry().response;
  if (!expected) return;
  Judgement judgement =
      judge(*expected, response_of(exchange), file_.name, variables_, &around_.files, around_.clock.wall());
  told_.findings = std::move(judgement.findings);
  keep_secrets(*expected, judgement.captured);
}

void Session::attempt_ends() {
  const bool more = settings_.retry == Settings::without_end || tries_ < settings_.retry;
  const bool time = around_.clock.monotonic() + settings_.retry_interval < options_.deadline;
  if (!told_.passed() && more && time) {
    ++tries_;
    phase_ = Phase::retry;
    return;
  }
  result_.entries.push_back(std::move(told_));
  ++times_;
  phase_ = result_.entries.back().passed() ? Phase::entry : Phase::done;
  if (settings_.repeat != Settings::without_end && times_ >= settings_.repeat) {
    ++at_;
    times_ = 0;
  }
}

void Session::keep_secrets(const Expectation& expected, const std::vector<std::string>& captured) {
  for (std::size_t at = 0; at < captured.size(); ++at) {
    const Value* const value = variables_.find(captured[at]);
    if (!expected.captures[at].redacted || value == nullptr) continue;
    around_.secret(value->kind == Value::Kind::bytes ? value->bytes : value->text());
  }
}

Response Session::response_of(http1::Exchange& exchange) const {
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
void Session::add_problem(Place place, const base::Error& error, std::string_view code) {
  Finding finding;
  finding.place = place;
  finding.assertion = code;
  finding.actual = error.sentence();
  if (auto complaint = complaint_of(error, file_.name)) {
    finding.place = complaint->place;
    finding.actual = std::move(complaint->why);
  }
  if (!error.cure.empty()) finding.actual += ": " + error.cure;
  told_.code = error.code.empty() || error.code == "hurl" ? std::string(code) : error.code;
  told_.findings.push_back(std::move(finding));
}

}  // namespace sentimark::hurl
