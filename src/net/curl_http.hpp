// CurlHttp: HTTPS by libcurl behind sys::Http. Connections are kept and used again; HTTP/2 where the server offers it.
#pragma once
#include <memory>
#include <string>

#include "net/trust.hpp"
#include "sys/clock.hpp"
#include "sys/http.hpp"

namespace sentimark::net {

struct CurlOptions {
  Trust trust;
  std::string user_agent;
  int wake_descriptor = -1;  // readable once a stop is requested (sys::SignalStop); -1 when nothing can request one
  base::Millis connect_timeout{15'000};  // name, TCP, proxy and TLS together
  // Not a byte in either direction for so long ends a transfer; 0: however long. ARM may think for 60 s before it
  // answers.
  base::Millis stall{90'000};
};

// One at a time: not for two threads at once. Certificates and host names are always verified, redirects are never
// followed, HTTPS_PROXY and NO_PROXY are honoured as libcurl does, error texts name no query and no user of a URL.
class CurlHttp final : public sys::Http {
 public:
  CurlHttp(sys::Clock& clock, CurlOptions options);
  ~CurlHttp() override;
  CurlHttp(const CurlHttp&) = delete;
  CurlHttp& operator=(const CurlHttp&) = delete;

  // Beside the errors of sys::Http: usage for a URL, method or header that may not be sent. Errors of kind timeout and
  // interrupted carry "connect" or "lost" too. Whatever is wrong with a name, a proxy or a certificate is "connect".
  base::Result<sys::Response> send(const sys::Request& request, const sys::Stop& stop) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sentimark::net
