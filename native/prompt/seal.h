// Encrypts a credential to the key of the agent's question, as src/requests/sealed-credential.ts describes it.
#pragma once

#include <string>

#include "credential_prompt.h"
#include "windows_headers.h"

namespace epm {

// agent_key: base64 of an uncompressed point on P-256. Returns base64. Throws Failure.
std::wstring seal_credential(PromptAnswer& credential, const std::wstring& ticket, const std::wstring& agent_key);

}  // namespace epm
