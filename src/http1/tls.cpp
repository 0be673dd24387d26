#include "http1/tls.hpp"

#include <arpa/inet.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>
#include <psa/crypto.h>

#include <array>
#include <cstring>

#include "base/text.hpp"

namespace sentimark::http1 {

struct Roots::State {
  mbedtls_x509_crt chain;
  State() { mbedtls_x509_crt_init(&chain); }
  ~State() { mbedtls_x509_crt_free(&chain); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
};

Roots Roots::none() { return Roots(std::make_shared<const State>()); }

base::Result<Roots> Roots::parse(std::string_view pem) {
  auto state = std::make_shared<State>();
  if (psa_crypto_init() != PSA_SUCCESS) return base::fail(base::Outcome::internal, "mbedTLS does not start");
  const std::string text(pem);  // its parser wants the final zero counted
  (void)mbedtls_x509_crt_parse(&state->chain, reinterpret_cast<const unsigned char*>(text.c_str()), text.size() + 1);
  if (state->chain.version == 0)
    return base::fail(base::Outcome::config, "no certificate can be read in the list of authorities",
                      "give a file of PEM certificates");
  return Roots(std::shared_ptr<const State>(std::move(state)));
}

namespace {

using base::Outcome;

// The server's address in a certificate; empty for a name.
std::string address_bytes(const std::string& host) {
  std::array<unsigned char, 16> bytes{};
  const bool four = ::inet_pton(AF_INET, host.c_str(), bytes.data()) == 1;
  if (!four && ::inet_pton(AF_INET6, host.c_str(), bytes.data()) != 1) return {};
  return {reinterpret_cast<const char*>(bytes.data()), four ? 4U : 16U};
}

bool names_address(const mbedtls_x509_crt& certificate, const std::string& address) {
  for (const mbedtls_x509_sequence* name = &certificate.subject_alt_names; name != nullptr; name = name->next) {
    const bool is_address = (name->buf.tag & MBEDTLS_ASN1_TAG_VALUE_MASK) == MBEDTLS_X509_SAN_IP_ADDRESS;
    if (is_address && std::string_view(reinterpret_cast<const char*>(name->buf.p), name->buf.len) == address)
      return true;
  }
  return false;
}

base::WallTime time_of(const mbedtls_x509_time& at) {
  const auto days = std::chrono::sys_days(std::chrono::year(at.year) / at.mon / at.day);
  return {std::chrono::duration_cast<base::Millis>(days.time_since_epoch()) + std::chrono::hours(at.hour) +
          std::chrono::minutes(at.min) + std::chrono::seconds(at.sec)};
}

std::string name_of(const mbedtls_x509_name& name) {
  std::array<char, 1024> text{};
  const int length = mbedtls_x509_dn_gets(text.data(), text.size(), &name);
  return length < 0 ? "" : base::to_valid_utf8({text.data(), static_cast<std::size_t>(length)});
}

std::string serial_of(const mbedtls_x509_buf& serial) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (std::size_t at = 0; at < serial.len; ++at) {
    if (at == 0 && serial.p[0] == 0 && serial.len > 1) continue;  // only keeps the number positive
    if (!text.empty()) text.push_back(':');
    text += {digits[serial.p[at] >> 4U], digits[serial.p[at] & 15U]};
  }
  return text;
}

struct Flag {
  std::uint32_t bit;
  std::string_view code;
  std::string_view words;
};
constexpr Flag k_flags[] = {
    {MBEDTLS_X509_BADCERT_NOT_TRUSTED, "certificate-unknown-ca", "is signed by nobody whom we believe"},
    {MBEDTLS_X509_BADCERT_EXPIRED, "certificate-expired", "has expired"},
    {MBEDTLS_X509_BADCERT_FUTURE, "certificate-not-yet-valid", "is not valid yet"},
    {MBEDTLS_X509_BADCERT_CN_MISMATCH, "certificate-wrong-host", "is for another host"},
};

std::string alert_words(unsigned char alert) {
  switch (alert) {
    case MBEDTLS_SSL_ALERT_MSG_HANDSHAKE_FAILURE:
      return "there is no cipher that both know";
    case MBEDTLS_SSL_ALERT_MSG_UNRECOGNIZED_NAME:
      return "it does not know the host";
    case MBEDTLS_SSL_ALERT_MSG_CERT_REQUIRED:
    case MBEDTLS_SSL_ALERT_MSG_NO_CERT:
      return "it wants a certificate of ours";
    default:
      return "it sent alert " + std::to_string(alert);
  }
}

int random_bytes(void*, unsigned char* into, std::size_t size) {
  return psa_generate_random(into, size) == PSA_SUCCESS ? 0 : MBEDTLS_ERR_SSL_INTERNAL_ERROR;
}

class MbedStream final : public TlsStream {
 public:
  MbedStream(std::unique_ptr<sys::ByteStream> below, const Roots& roots, TlsOptions options)
      : below_(std::move(below)), roots_(roots), options_(std::move(options)) {
    mbedtls_ssl_init(&ssl_);
    mbedtls_ssl_config_init(&config_);
  }
  ~MbedStream() override {
    mbedtls_ssl_free(&ssl_);
    mbedtls_ssl_config_free(&config_);
  }
  MbedStream(const MbedStream&) = delete;
  MbedStream& operator=(const MbedStream&) = delete;

  base::Done shake_hands(base::Instant deadline, const sys::Stop& stop) override {
    wait_ = {deadline, &stop};
    trouble_.reset();
    if (!configured_ && !configure())
      return base::fail(Outcome::internal, "mbedTLS refuses its configuration", {}, "tls");
    configured_ = true;
    const int result = mbedtls_ssl_handshake(&ssl_);
    if (result == 0) return {};
    // First: the farewell that mbedTLS sends after it may meet a closed connection.
    if (result == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED) return certificate_error();
    if (trouble_) return std::move(*trouble_).within("shaking hands by TLS with " + options_.host);
    return handshake_error(result);
  }

  base::Result<std::size_t> read(std::span<char> into, base::Instant deadline, const sys::Stop& stop) override {
    wait_ = {deadline, &stop};
    for (;;) {
      const int result = mbedtls_ssl_read(&ssl_, reinterpret_cast<unsigned char*>(into.data()), into.size());
      if (result >= 0 && !(result == 0 && ended_)) return static_cast<std::size_t>(result);
      if (result == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY) return std::size_t{0};
      if (result == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET) continue;
      return broken(result);
    }
  }

  base::Result<std::size_t> write_some(std::string_view bytes, base::Instant deadline, const sys::Stop& stop) override {
    wait_ = {deadline, &stop};
    for (;;) {
      const int result = mbedtls_ssl_write(&ssl_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
      if (result == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET) continue;
      if (result < 0) return broken(result);
      return static_cast<std::size_t>(result);
    }
  }

  std::string peer() const override { return below_->peer(); }
  const std::optional<Certificate>& certificate() const override { return certificate_; }

 private:
  struct Wait {
    base::Instant deadline;
    const sys::Stop* stop = nullptr;
  };

  bool configure() {
    static const char* protocols[] = {"http/1.1", nullptr};
    address_ = address_bytes(options_.host);
    if (psa_crypto_init() != PSA_SUCCESS) return false;
    if (mbedtls_ssl_config_defaults(&config_, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                                    MBEDTLS_SSL_PRESET_DEFAULT) != 0)
      return false;
    mbedtls_ssl_conf_rng(&config_, random_bytes, nullptr);
    mbedtls_ssl_conf_authmode(&config_, options_.verify ? MBEDTLS_SSL_VERIFY_REQUIRED : MBEDTLS_SSL_VERIFY_OPTIONAL);
    // The chain is only read; the interface is older than const.
    mbedtls_ssl_conf_ca_chain(&config_, const_cast<mbedtls_x509_crt*>(&roots_.state().chain), nullptr);
    mbedtls_ssl_conf_verify(&config_, judge, this);
    if (mbedtls_ssl_conf_alpn_protocols(&config_, protocols) != 0) return false;
    if (mbedtls_ssl_setup(&ssl_, &config_) != 0) return false;
    // An address is no name that SNI may carry (RFC 6066, section 3): `judge` compares it itself.
    if (mbedtls_ssl_set_hostname(&ssl_, address_.empty() ? options_.host.c_str() : nullptr) != 0) return false;
    mbedtls_ssl_set_bio(&ssl_, this, send, receive, nullptr);
    return true;
  }

  static int judge(void* self, mbedtls_x509_crt* certificate, int depth, std::uint32_t* flags) {
    static_cast<MbedStream*>(self)->look_at(*certificate, depth, *flags);
    return 0;
  }

  void look_at(const mbedtls_x509_crt& certificate, int depth, std::uint32_t& flags) {
    if (depth == 0) {
      if (!address_.empty() && !names_address(certificate, address_)) flags |= MBEDTLS_X509_BADCERT_CN_MISMATCH;
      certificate_ =
          Certificate{name_of(certificate.subject), name_of(certificate.issuer), serial_of(certificate.serial),
                      time_of(certificate.valid_from), time_of(certificate.valid_to)};
      self_signed_ = certificate.issuer_raw.len == certificate.subject_raw.len &&
                     std::memcmp(certificate.issuer_raw.p, certificate.subject_raw.p, certificate.issuer_raw.len) == 0;
    }
    problems_ |= flags;
  }

  base::Error certificate_error() const {
    std::string words;
    std::string_view code = "certificate";
    for (const Flag& flag : k_flags) {
      if ((problems_ & flag.bit) == 0) continue;
      if (words.empty()) code = flag.code;
      words += (words.empty() ? "" : ", ") + std::string(flag.words);
    }
    if (code == "certificate-unknown-ca" && self_signed_) {
      code = "certificate-self-signed";
      words = base::replace_all(std::move(words), k_flags[0].words, "is signed by itself alone");
    }
    if (words.empty()) words = "may not be used so";
    if (certificate_) {
      words += " (subject " + base::shorten(certificate_->subject, 200) + ", issuer " +
               base::shorten(certificate_->issuer, 200) + ", until " + base::to_rfc3339(certificate_->expire) + ")";
    }
    return base::fail(Outcome::remote, "the certificate of " + options_.host + " " + words,
                      "let the server present a certificate of an authority that ca-file or the machine holds",
                      std::string(code));
  }

  base::Error handshake_error(int result) const {
    const std::string what = "no TLS connection with " + options_.host + ": ";
    if (result == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE) {
      const unsigned char alert = ssl_.MBEDTLS_PRIVATE(in_msg)[1];
      if (alert == MBEDTLS_SSL_ALERT_MSG_NO_APPLICATION_PROTOCOL) {
        return base::fail(Outcome::remote, what + "the server speaks HTTP/2 only", "let it speak HTTP/1.1 as well",
                          "http2-only");
      }
      if (alert == MBEDTLS_SSL_ALERT_MSG_PROTOCOL_VERSION) return too_old(what);
      return base::fail(Outcome::remote, what + alert_words(alert), {}, "tls");
    }
    if (result == MBEDTLS_ERR_SSL_BAD_PROTOCOL_VERSION) return too_old(what);
    if (result == MBEDTLS_ERR_SSL_CONN_EOF)
      return base::fail(Outcome::network, what + "the server closed the connection", {}, "reset");
    if (result == MBEDTLS_ERR_SSL_INVALID_RECORD)
      return base::fail(Outcome::remote, what + "what the server sends is not TLS", {}, "tls");
    return base::fail(Outcome::remote, what + "mbedTLS error " + std::to_string(result), {}, "tls");
  }

  static base::Error too_old(const std::string& what) {
    return base::fail(Outcome::remote, what + "the server knows neither TLS 1.2 nor 1.3", {}, "tls-version");
  }

  base::Error broken(int result) {
    if (trouble_) {
      base::Error error = std::move(*trouble_);
      trouble_.reset();
      return error;
    }
    if (result == MBEDTLS_ERR_SSL_CONN_EOF || result == 0)
      return base::fail(Outcome::network, "the server closed the connection without TLS's farewell", {}, "reset");
    return base::fail(Outcome::remote, "the TLS connection broke: mbedTLS error " + std::to_string(result), {}, "tls");
  }

  static int send(void* self, const unsigned char* bytes, std::size_t size) {
    MbedStream& stream = *static_cast<MbedStream*>(self);
    const auto count = stream.below_->write_some({reinterpret_cast<const char*>(bytes), size}, stream.wait_.deadline,
                                                 *stream.wait_.stop);
    if (count) return static_cast<int>(*count);
    stream.trouble_ = count.error();
    return count.error().kind == Outcome::timeout ? MBEDTLS_ERR_SSL_WANT_WRITE : MBEDTLS_ERR_SSL_INTERNAL_ERROR;
  }

  static int receive(void* self, unsigned char* into, std::size_t size) {
    MbedStream& stream = *static_cast<MbedStream*>(self);
    const auto got =
        stream.below_->read({reinterpret_cast<char*>(into), size}, stream.wait_.deadline, *stream.wait_.stop);
    if (!got) {
      stream.trouble_ = got.error();
      // The one answer after which a later call goes on where this one stopped.
      return got.error().kind == Outcome::timeout ? MBEDTLS_ERR_SSL_WANT_READ : MBEDTLS_ERR_SSL_INTERNAL_ERROR;
    }
    if (*got == 0) stream.ended_ = true;
    return static_cast<int>(*got);
  }

  std::unique_ptr<sys::ByteStream> below_;
  Roots roots_;
  TlsOptions options_;
  Wait wait_;
  mbedtls_ssl_context ssl_{};
  mbedtls_ssl_config config_{};
  std::string address_;
  std::optional<Certificate> certificate_;
  std::optional<base::Error> trouble_;  // of the stream below, where mbedTLS has only numbers
  std::uint32_t problems_ = 0;
  bool self_signed_ = false;
  bool ended_ = false;
  bool configured_ = false;
};

}  // namespace

std::unique_ptr<TlsStream> make_tls(std::unique_ptr<sys::ByteStream> below, const Roots& roots, TlsOptions options) {
  return std::make_unique<MbedStream>(std::move(below), roots, std::move(options));
}

base::Result<std::unique_ptr<TlsStream>> start_tls(std::unique_ptr<sys::ByteStream> below, const Roots& roots,
                                                   const TlsOptions& options, base::Instant deadline,
                                                   const sys::Stop& stop) {
  auto stream = make_tls(std::move(below), roots, options);
  SENTIMARK_TRY(stream->shake_hands(deadline, stop));
  return stream;
}

}  // namespace sentimark::http1
