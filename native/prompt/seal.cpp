#include "seal.h"

// After windows.h, which they need.
#include <bcrypt.h>
#include <wincrypt.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "failure.h"

namespace epm {

namespace {

using Bytes = std::vector<BYTE>;

constexpr size_t coordinate = 32;
constexpr size_t point_size = 1 + 2 * coordinate;
constexpr size_t block = 16;
constexpr size_t key_size = 32;
constexpr char label[] = "EPM credential 1";
// One byte that says "a packed buffer", as src/requests/credential.ts reads it.
constexpr BYTE buffer_form = 1;
// BCRYPT_KDF_RAW_SECRET (bcrypt.h of Windows 10).
constexpr wchar_t raw_secret[] = L"TRUNCATE";

void require(NTSTATUS status, const char* step) { check_status(status, step); }

class Algorithm {
 public:
  Algorithm(const wchar_t* name, ULONG flags = 0) {
    require(BCryptOpenAlgorithmProvider(&handle_, name, nullptr, flags), "BCryptOpenAlgorithmProvider");
  }
  ~Algorithm() { BCryptCloseAlgorithmProvider(handle_, 0); }
  Algorithm(const Algorithm&) = delete;
  Algorithm& operator=(const Algorithm&) = delete;
  BCRYPT_ALG_HANDLE get() const { return handle_; }

 private:
  BCRYPT_ALG_HANDLE handle_ = nullptr;
};

class Key {
 public:
  Key() = default;
  ~Key() {
    if (handle_) BCryptDestroyKey(handle_);
  }
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;
  BCRYPT_KEY_HANDLE* receive() { return &handle_; }
  BCRYPT_KEY_HANDLE get() const { return handle_; }

 private:
  BCRYPT_KEY_HANDLE handle_ = nullptr;
};

class Agreement {
 public:
  Agreement(const Key& own, const Key& other) {
    require(BCryptSecretAgreement(own.get(), other.get(), &handle_, 0), "BCryptSecretAgreement");
  }
  ~Agreement() { BCryptDestroySecret(handle_); }
  Agreement(const Agreement&) = delete;
  Agreement& operator=(const Agreement&) = delete;

  // The shared secret, big-endian. CNG gives it the other way round.
  SecretBytes secret() const {
    SecretBytes little(coordinate);
    ULONG length = 0;
    require(BCryptDeriveKey(handle_, raw_secret, nullptr, little.data(), coordinate, &length, 0), "BCryptDeriveKey");
    if (length == 0 || length > coordinate) fail("BCryptDeriveKey", ERROR_INVALID_DATA);
    SecretBytes big(coordinate);
    std::reverse_copy(little.data(), little.data() + length, big.data() + coordinate - length);
    return big;
  }

 private:
  BCRYPT_SECRET_HANDLE handle_ = nullptr;
};

// SHA-256(counter, shared secret, info).
SecretBytes derive(BYTE counter, SecretBytes& secret, const Bytes& info) {
  SecretBytes input(4 + secret.size() + info.size());
  input.data()[3] = counter;
  std::memcpy(input.data() + 4, secret.data(), secret.size());
  std::memcpy(input.data() + 4 + secret.size(), info.data(), info.size());
  const Algorithm sha256(BCRYPT_SHA256_ALGORITHM);
  SecretBytes key(key_size);
  require(BCryptHash(sha256.get(), nullptr, 0, input.data(), static_cast<ULONG>(input.size()), key.data(), key_size),
          "BCryptHash");
  return key;
}

Bytes from_base64(const std::wstring& text) {
  DWORD size = 0;
  check(CryptStringToBinaryW(text.c_str(), 0, CRYPT_STRING_BASE64, nullptr, &size, nullptr, nullptr),
        "CryptStringToBinaryW");
  Bytes bytes(size);
  check(CryptStringToBinaryW(text.c_str(), 0, CRYPT_STRING_BASE64, bytes.data(), &size, nullptr, nullptr),
        "CryptStringToBinaryW");
  bytes.resize(size);
  return bytes;
}

std::wstring to_base64(const Bytes& bytes) {
  constexpr DWORD form = CRYPT_STRING_BASE64 | CRYPT_STRING_NOCRLF;
  const auto size = static_cast<DWORD>(bytes.size());
  DWORD length = 0;
  check(CryptBinaryToStringW(bytes.data(), size, form, nullptr, &length), "CryptBinaryToStringW");
  std::wstring text(length, L'\0');
  check(CryptBinaryToStringW(bytes.data(), size, form, text.data(), &length), "CryptBinaryToStringW");
  text.resize(length);
  return text;
}

void import_point(const Algorithm& ecdh, const Bytes& point, Key& key) {
  if (point.size() != point_size || point[0] != 4) fail("key of the agent", ERROR_INVALID_DATA);
  BCRYPT_ECCKEY_BLOB head{BCRYPT_ECDH_PUBLIC_P256_MAGIC, coordinate};
  Bytes blob(sizeof(head));
  std::memcpy(blob.data(), &head, sizeof(head));
  blob.insert(blob.end(), point.begin() + 1, point.end());
  require(BCryptImportKeyPair(ecdh.get(), nullptr, BCRYPT_ECCPUBLIC_BLOB, key.receive(), blob.data(),
                              static_cast<ULONG>(blob.size()), 0),
          "BCryptImportKeyPair");
}

Bytes new_key(const Algorithm& ecdh, Key& key) {
  require(BCryptGenerateKeyPair(ecdh.get(), key.receive(), 256, 0), "BCryptGenerateKeyPair");
  require(BCryptFinalizeKeyPair(key.get(), 0), "BCryptFinalizeKeyPair");
  BYTE blob[sizeof(BCRYPT_ECCKEY_BLOB) + 2 * coordinate];
  ULONG length = 0;
  require(BCryptExportKey(key.get(), nullptr, BCRYPT_ECCPUBLIC_BLOB, blob, sizeof(blob), &length, 0),
          "BCryptExportKey");
  if (length != sizeof(blob)) fail("BCryptExportKey", ERROR_INVALID_DATA);
  Bytes point{4};
  point.insert(point.end(), blob + sizeof(BCRYPT_ECCKEY_BLOB), blob + sizeof(blob));
  return point;
}

Bytes encrypted(SecretBytes& key, SecretBytes& plain, const Bytes& vector) {
  const Algorithm aes(BCRYPT_AES_ALGORITHM);
  wchar_t mode[] = BCRYPT_CHAIN_MODE_CBC;
  require(BCryptSetProperty(aes.get(), BCRYPT_CHAINING_MODE, reinterpret_cast<PUCHAR>(mode), sizeof(mode), 0),
          "BCryptSetProperty");
  Key cipher;
  require(BCryptGenerateSymmetricKey(aes.get(), cipher.receive(), nullptr, 0, key.data(), key_size, 0),
          "BCryptGenerateSymmetricKey");
  Bytes used = vector;  // CNG changes it
  Bytes out((plain.size() / block + 1) * block);
  ULONG length = 0;
  require(BCryptEncrypt(cipher.get(), plain.data(), static_cast<ULONG>(plain.size()), nullptr, used.data(), block,
                        out.data(), static_cast<ULONG>(out.size()), &length, BCRYPT_BLOCK_PADDING),
          "BCryptEncrypt");
  if (length != out.size()) fail("BCryptEncrypt", ERROR_INVALID_DATA);
  return out;
}

Bytes mac_of(SecretBytes& key, Bytes& body) {
  const Algorithm hmac(BCRYPT_SHA256_ALGORITHM, BCRYPT_ALG_HANDLE_HMAC_FLAG);
  BCRYPT_HASH_HANDLE hash = nullptr;
  require(BCryptCreateHash(hmac.get(), &hash, nullptr, 0, key.data(), key_size, 0), "BCryptCreateHash");
  Bytes mac(32);
  NTSTATUS status = BCryptHashData(hash, body.data(), static_cast<ULONG>(body.size()), 0);
  if (nt_success(status)) status = BCryptFinishHash(hash, mac.data(), static_cast<ULONG>(mac.size()), 0);
  BCryptDestroyHash(hash);
  require(status, "BCryptFinishHash");
  return mac;
}

}  // namespace

std::wstring seal_credential(PromptAnswer& credential, const std::wstring& ticket, const std::wstring& agent_key) {
  SecretBytes plain(5 + credential.buffer.size());
  plain.data()[0] = buffer_form;
  std::memcpy(plain.data() + 1, &credential.package, sizeof(credential.package));
  std::memcpy(plain.data() + 5, credential.buffer.data(), credential.buffer.size());

  const Algorithm ecdh(BCRYPT_ECDH_P256_ALGORITHM);
  const Bytes agent_point = from_base64(agent_key);
  Key agent;
  import_point(ecdh, agent_point, agent);
  Key own;
  Bytes sealed = new_key(ecdh, own);

  Bytes info(label, label + sizeof(label) - 1);
  info.insert(info.end(), ticket.begin(), ticket.end());
  info.insert(info.end(), agent_point.begin(), agent_point.end());
  info.insert(info.end(), sealed.begin(), sealed.end());
  const Agreement agreement(own, agent);
  SecretBytes secret = agreement.secret();
  SecretBytes encryption = derive(1, secret, info);
  SecretBytes authentication = derive(2, secret, info);

  Bytes body(block);
  require(BCryptGenRandom(nullptr, body.data(), block, BCRYPT_USE_SYSTEM_PREFERRED_RNG), "BCryptGenRandom");
  const Bytes cipher = encrypted(encryption, plain, body);
  body.insert(body.end(), cipher.begin(), cipher.end());
  const Bytes mac = mac_of(authentication, body);
  sealed.insert(sealed.end(), body.begin(), body.end());
  sealed.insert(sealed.end(), mac.begin(), mac.end());
  return to_base64(sealed);
}

}  // namespace epm
