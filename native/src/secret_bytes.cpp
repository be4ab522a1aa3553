#include "credential_prompt.h"
#include "windows_headers.h"

namespace epm {

SecretBytes::~SecretBytes() {
  if (!bytes_.empty()) SecureZeroMemory(bytes_.data(), bytes_.size());
}

}  // namespace epm
