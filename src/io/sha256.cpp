#include <calibrant/io/sha256.hpp>

#include <array>

#include <openssl/evp.h>
#include <calibrant/core/error.hpp>

namespace calibrant {

struct sha256::context {
  EVP_MD_CTX* digest = EVP_MD_CTX_new();
  ~context() { EVP_MD_CTX_free(digest); }
};

namespace {

void require(bool done) {
  if (!done)
    throw error(error_code::internal, "SHA-256: the cryptography library refused to compute it; please report this");
}

}  // namespace

sha256::sha256() : context_(std::make_unique<context>()) {
  require(context_->digest != nullptr && EVP_DigestInit_ex(context_->digest, EVP_sha256(), nullptr) == 1);
}
sha256::sha256(sha256&&) noexcept = default;
sha256::~sha256() = default;

void sha256::update(std::span<const std::byte> bytes) {
  require(EVP_DigestUpdate(context_->digest, bytes.data(), bytes.size()) == 1);
}

std::string sha256::finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned length = 0;
  require(EVP_DigestFinal_ex(context_->digest, digest.data(), &length) == 1);
  static constexpr char digits[] = "0123456789abcdef";
  std::string hex;
  for (unsigned i = 0; i < length; ++i) {
    hex += digits[digest[i] >> 4];
    hex += digits[digest[i] & 15];
  }
  return hex;
}

}  // namespace calibrant
