// One multi handle for the life of the program: it owns the connections, the name cache and the parsed authorities, so
// that each is paid for once. Every request is an easy handle of its own that lives as long as its send().
#include "net/curl_http.hpp"

#include <arpa/inet.h>
#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "base/text.hpp"
#include "net/curl_error.hpp"
#include "net/url.hpp"

namespace sentimark::net {
namespace {

template <typename T, void (*free)(T*)>
struct Freer {
  void operator()(T* owned) const { free(owned); }
};
using Easy = std::unique_ptr<CURL, Freer<CURL, curl_easy_cleanup>>;
using List = std::unique_ptr<curl_slist, Freer<curl_slist, curl_slist_free_all>>;
using Url = std::unique_ptr<CURLU, Freer<CURLU, curl_url_cleanup>>;

constexpr std::size_t k_header_bytes = 64 * 1024;  // of all headers of a response
constexpr std::size_t k_header_lines = 1000;
constexpr long k_connections_kept = 8;
constexpr int k_poll_without_wake_ms = 200;  // how late a stop may be seen when no descriptor tells of it
constexpr int k_poll_ms = 60'000;

// The token of RFC 9110 section 5.6.2.
bool is_token(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  };
  return !text.empty() && std::all_of(text.begin(), text.end(), allowed);
}

std::string part_of(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

// Where http without TLS is no risk: this machine itself, and the instance metadata service that Azure serves to it
// alone.
bool may_go_without_tls(const std::string& host) {
  in_addr address{};
  if (::inet_pton(AF_INET, host.c_str(), &address) == 1) return host.rfind("127.", 0) == 0 || host == "169.254.169.254";
  return host == "[::1]" || base::equals_ignoring_case(host, "localhost");
}

// The scheme, "https" or "http"; an error when the request may not be sent at all. The parser that decides is the one
// that connects.
base::Result<std::string> check(const sys::Request& request) {
  const auto refuse = [&](const std::string& why, const std::string& where) {
    return base::fail(base::Outcome::usage, "a request" + where + " may not be sent: " + why);
  };
  const Url url(curl_url());
  if (!url || request.url.find('\0') != std::string::npos ||
      curl_url_set(url.get(), CURLUPART_URL, request.url.c_str(), CURLU_DISALLOW_USER) != CURLUE_OK) {
    return refuse("its address is no URL without user and password", "");
  }
  const std::string where = " to " + shown_url(request.url);
  const std::string scheme = part_of(url.get(), CURLUPART_SCHEME);
  if (scheme != "https" && !(scheme == "http" && may_go_without_tls(part_of(url.get(), CURLUPART_HOST)))) {
    return refuse("only https is", where);
  }
  if (!is_token(request.method)) return refuse("its method is no word", where);
  for (const auto& [name, value] : request.headers) {
    if (!is_token(name)) return refuse("a header's name is no word", where);
    if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
      return refuse("its header " + name + " holds a line break", where);
    }
  }
  return scheme;
}

// As libcurl itself looks it up for an https URL; it has no call that tells.
std::string proxy_of_environment() {
  for (const char* name : {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    const std::string proxy(value);
    return shown_url(base::contains(proxy, "://") ? proxy : "http://" + proxy);
  }
  return "(unknown)";
}

struct Receiver {
  std::string body;
  std::uint64_t body_limit = 0;
  std::size_t header_bytes = 0;
  std::size_t header_lines = 0;
  std::string too_large;  // what was, when something was
};

// Callbacks of libcurl: C code calls them, so no exception may leave. Fewer bytes than given ends the transfer.
std::size_t take_body(char* bytes, std::size_t, std::size_t count, void* to) noexcept {
  Receiver& receiver = *static_cast<Receiver*>(to);
  try {
    if (count > receiver.body_limit - receiver.body.size()) {
      receiver.too_large = "a body of more than " + std::to_string(receiver.body_limit) + " bytes";
      return CURL_WRITEFUNC_ERROR;
    }
    receiver.body.append(bytes, count);
    return count;
  } catch (...) {
    return CURL_WRITEFUNC_ERROR;
  }
}

std::size_t take_header(char*, std::size_t, std::size_t count, void* to) noexcept {
  Receiver& receiver = *static_cast<Receiver*>(to);
  receiver.header_bytes += count;
  if (receiver.header_bytes <= k_header_bytes && ++receiver.header_lines <= k_header_lines) return count;
  try {
    receiver.too_large = "headers of more than " + std::to_string(k_header_bytes) + " bytes or " +
                         std::to_string(k_header_lines) + " lines";
  } catch (...) {
  }
  return CURL_WRITEFUNC_ERROR;
}

// curl's forms: "Name: value", "Name;" for an empty value. Null when memory ran out.
List header_list(const sys::Request& request) {
  List list;
  const auto add = [&](const std::string& line) {
    curl_slist* longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr) return false;
    (void)list.release();
    list.reset(longer);
    return true;
  };
  // Without these two, curl would say what we did not: a form's content type, and that it waits for a go-ahead.
  bool typed = false;
  bool ok = add("Expect:");
  for (const auto& [name, value] : request.headers) {
    typed = typed || base::equals_ignoring_case(name, "Content-Type");
    ok = ok && add(value.empty() ? name + ";" : name + ": " + value);
  }
  if (!typed) ok = ok && add("Content-Type:");
  return ok ? std::move(list) : nullptr;
}

bool is_safe(const std::string& method) { return method == "GET" || method == "HEAD"; }

sys::Response response_of(CURL* easy, Receiver& receiver) {
  sys::Response response;
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  response.status = static_cast<int>(status);
  curl_header* header = nullptr;
  while ((header = curl_easy_nextheader(easy, CURLH_HEADER, -1, header)) != nullptr) {
    response.headers.emplace_back(header->name, header->value);
  }
  response.body = std::move(receiver.body);
  return response;
}

// What has gone out decides between "connect" and "lost": request_size counts the bytes that a connection took, and the
// pre-transfer time is set once it took all of the first piece. A send that failed half way shows in neither.
bool request_left(CURL* easy, std::optional<CURLcode> result) {
  long request_bytes = 0;
  curl_off_t began = 0;
  curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &request_bytes);
  curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &began);
  return request_bytes > 0 || began > 0 || result == CURLE_SEND_ERROR;
}

}  // namespace

struct CurlHttp::State {
  sys::Clock& clock;
  CurlOptions options;
  CURLM* multi = nullptr;

  // No setting fails but for want of memory; curl then says so when the transfer starts.
  void prepare(CURL* easy, const sys::Request& request, const std::string& scheme) const {
    curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, scheme.c_str());
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, options.user_agent.c_str());
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
    // What stands without TLS is on this machine: a proxy could not reach it, and must not see it.
    if (scheme == "http") curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
  }

  void prepare_tls(CURL* easy) const {
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    curl_easy_setopt(easy, CURLOPT_PROXY_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!options.trust.file.empty()) {
      curl_easy_setopt(easy, CURLOPT_CAINFO, options.trust.file.c_str());
      curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, options.trust.file.c_str());
    }
    if (!options.trust.folder.empty()) {
      curl_easy_setopt(easy, CURLOPT_CAPATH, options.trust.folder.c_str());
      curl_easy_setopt(easy, CURLOPT_PROXY_CAPATH, options.trust.folder.c_str());
    }
  }

  void prepare_limits(CURL* easy, const sys::Request& request) const {
    const auto whole_seconds = [](base::Millis span) {
      return static_cast<long>(std::chrono::ceil<std::chrono::seconds>(span).count());
    };
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS,
                     static_cast<long>(std::max<base::Millis::rep>(request.timeout.count(), 1)));
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
    if (options.stall > base::Millis{0}) {
      curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
      curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, whole_seconds(options.stall));
    }
  }

  static void prepare_method(CURL* easy, const sys::Request& request) {
    const std::string& method = request.method;
    const bool sends_body = !request.body.empty() || method == "POST" || method == "PUT" || method == "PATCH";
    if (sends_body) {
      curl_easy_setopt(easy, CURLOPT_POST, 1L);
      curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());
    } else if (method == "HEAD") {
      curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    }
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method.c_str());
    // On a kept connection that turns out to be closed, curl sends again by itself, whether or not the server had acted
    // on the first. On a fresh one it never does.
    if (!is_safe(method)) curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
  }

  // Runs the transfer to its end; nothing when a stop was requested on the way.
  std::optional<CURLcode> run(CURL* easy, const sys::Stop& stop) const {
    if (curl_multi_add_handle(multi, easy) != CURLM_OK) return CURLE_FAILED_INIT;
    const std::optional<CURLcode> result = loop(stop);
    curl_multi_remove_handle(multi, easy);  // closes the connection of a transfer that has not ended
    return result;
  }

  std::optional<CURLcode> loop(const sys::Stop& stop) const {
    const bool can_wake = options.wake_descriptor >= 0;
    curl_waitfd wake{options.wake_descriptor, CURL_WAIT_POLLIN, 0};
    while (!stop.requested()) {
      int running = 0;
      if (curl_multi_perform(multi, &running) != CURLM_OK) return CURLE_FAILED_INIT;
      int left = 0;
      while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
        if (message->msg == CURLMSG_DONE) return message->data.result;
      }
      curl_multi_poll(multi, &wake, can_wake ? 1U : 0U, can_wake ? k_poll_ms : k_poll_without_wake_ms, nullptr);
    }
    return std::nullopt;
  }
};

CurlHttp::CurlHttp(sys::Clock& clock, CurlOptions options)
    : state_(std::make_unique<State>(State{clock, std::move(options), nullptr})) {
  curl_global_init(CURL_GLOBAL_DEFAULT);
  state_->multi = curl_multi_init();
  curl_multi_setopt(state_->multi, CURLMOPT_MAXCONNECTS, k_connections_kept);
}

CurlHttp::~CurlHttp() {
  curl_multi_cleanup(state_->multi);
  curl_global_cleanup();
}

base::Result<sys::Response> CurlHttp::send(const sys::Request& request, const sys::Stop& stop) {
  SENTIMARK_LET(scheme, check(request));
  // The handle is declared last and so goes first: it points at all the others.
  Receiver receiver;
  receiver.body_limit = request.response_limit;
  std::array<char, CURL_ERROR_SIZE> text{};
  const List headers = header_list(request);
  const Easy easy(curl_easy_init());
  if (state_->multi == nullptr || !easy || !headers) {
    return base::fail(base::Outcome::internal, "libcurl could not be started", "Please report this.");
  }
  state_->prepare(easy.get(), request, scheme);
  state_->prepare_tls(easy.get());
  state_->prepare_limits(easy.get(), request);
  State::prepare_method(easy.get(), request);
  curl_easy_setopt(easy.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(easy.get(), CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(easy.get(), CURLOPT_WRITEDATA, &receiver);
  curl_easy_setopt(easy.get(), CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(easy.get(), CURLOPT_HEADERDATA, &receiver);
  curl_easy_setopt(easy.get(), CURLOPT_ERRORBUFFER, text.data());

  const base::Instant started = state_->clock.monotonic();
  const std::optional<CURLcode> result = state_->run(easy.get(), stop);
  if (result == CURLE_OK) return response_of(easy.get(), receiver);

  Failure failure;
  failure.request_left = request_left(easy.get(), result);
  failure.elapsed = state_->clock.monotonic() - started;
  const std::string shown = request.method + " " + shown_url(request.url);
  if (!result) {
    return base::fail(base::Outcome::interrupted, "stopped during " + shown, {},
                      failure.request_left ? "lost" : "connect");
  }
  if (!receiver.too_large.empty()) {
    return base::fail(base::Outcome::remote, shown + ": the server sent " + receiver.too_large, {}, "too-large");
  }
  failure.code = *result;
  failure.text = base::to_valid_utf8(text[0] != '\0' ? text.data() : curl_easy_strerror(*result));
  curl_easy_getinfo(easy.get(), CURLINFO_SSL_VERIFYRESULT, &failure.verify_result);
  long used_proxy = 0;
  curl_easy_getinfo(easy.get(), CURLINFO_USED_PROXY, &used_proxy);
  if (used_proxy != 0 || *result == CURLE_COULDNT_RESOLVE_PROXY) failure.proxy = proxy_of_environment();
  return explain(failure, request, state_->options.trust);
}

}  // namespace sentimark::net
