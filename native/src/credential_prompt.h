// The credential dialog of Windows. Each build has exactly one implementation.
#pragma once

#include <cstdint>
#include <vector>

namespace epm {

struct PromptInput {
  const wchar_t* caption;
  const wchar_t* message;
  const wchar_t* user;  // who is asked, DOMAIN\name
  uint32_t error;       // why the answer before was not accepted, which the dialog shows; 0: there was none
  bool as_person;       // this process runs as who is asked
};

// Bytes that are overwritten when they are not needed any more.
class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(size_t size) : bytes_(size) {}
  SecretBytes(SecretBytes&&) = default;
  SecretBytes& operator=(SecretBytes&&) = default;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes();

  uint8_t* data() { return bytes_.data(); }
  size_t size() const { return bytes_.size(); }

 private:
  std::vector<uint8_t> bytes_;
};

struct PromptAnswer {
  uint32_t package = 0;  // number of the authentication package that the buffer is for
  SecretBytes buffer;
};

// Shows the dialog in the session of the calling process. Throws Failure: ERROR_CANCELLED when the person closed it,
// another error where it cannot be shown.
PromptAnswer prompt_for_credential(const PromptInput& input);

}  // namespace epm
