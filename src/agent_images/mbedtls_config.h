/* All of mbedTLS that the agent needs. */
#define MBEDTLS_SHA256_C
