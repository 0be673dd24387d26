/* Linked into every program: a static glibc must never look up names. Its resolver loads plug-ins of whatever libc the
   machine has and can crash the program there. Names are resolved by c-ares (src/net); what still refers to these
   calls (OpenSSL's own connecting, c-ares' service names) is never reached, and fails at once if it ever is. With them
   here, a link that pulls glibc's resolver in fails (-Wl,--fatal-warnings) instead of warning. */
#include <errno.h>
#include <netdb.h>
#include <stddef.h>

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result) {
  (void)node, (void)service, (void)hints;
  *result = NULL;
  return EAI_FAIL;
}

void freeaddrinfo(struct addrinfo *list) { (void)list; }

int getnameinfo(const struct sockaddr *address, socklen_t length, char *host, socklen_t host_size, char *service,
                socklen_t service_size, int flags) {
  (void)address, (void)length, (void)host, (void)host_size, (void)service, (void)service_size, (void)flags;
  return EAI_FAIL;
}

struct hostent *gethostbyname(const char *name) {
  (void)name;
  return NULL;
}

int getservbyname_r(const char *name, const char *protocol, struct servent *entry, char *buffer, size_t size,
                    struct servent **result) {
  (void)name, (void)protocol, (void)entry, (void)buffer, (void)size;
  *result = NULL;
  return ENOENT;
}

int getservbyport_r(int port, const char *protocol, struct servent *entry, char *buffer, size_t size,
                    struct servent **result) {
  (void)port, (void)protocol, (void)entry, (void)buffer, (void)size;
  *result = NULL;
  return ENOENT;
}
