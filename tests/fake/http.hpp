// FakeHttp: a server that answers from a script and keeps every request.
#pragma once
#include <functional>

#include "fake/clock.hpp"
#include "sys/http.hpp"

namespace sentimark::fake {

class FakeHttp final : public sys::Http {
 public:
  using Reply = base::Result<sys::Response>;

  explicit FakeHttp(FakeClock& clock) : clock_(clock) {}
  base::Result<sys::Response> send(const sys::Request& request, const sys::Stop& stop) override;

  // Answers a request of this method whose URL contains `part`. The longest part wins; of equal ones each serves once,
  // in order, and the last for ever after.
  void when(const std::string& method, const std::string& part, Reply reply, base::Millis takes = base::Millis{0});
  void when(const std::string& method, const std::string& part, std::function<Reply(const sys::Request&)> make,
            base::Millis takes = base::Millis{0});

  static sys::Response json(int status, std::string body, std::vector<sys::Header> headers = {});

  std::vector<sys::Request> requests;  // in order
  std::size_t count(const std::string& method, const std::string& part) const;

 private:
  struct Rule {
    std::string method;
    std::string part;
    std::function<Reply(const sys::Request&)> make;
    base::Millis takes;
    bool used = false;
  };
  FakeClock& clock_;
  std::vector<Rule> rules_;
};

}  // namespace sentimark::fake
