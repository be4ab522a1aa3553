// What a token is, read from the token.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "handle.h"
#include "json_writer.h"

namespace epm {

// GetTokenInformation into a buffer of the right size.
std::vector<BYTE> token_information(HANDLE token, TOKEN_INFORMATION_CLASS information);
// The same, empty when the system does not know the class or cannot answer.
std::optional<std::vector<BYTE>> optional_token_information(HANDLE token, TOKEN_INFORMATION_CLASS information);

std::wstring token_user(HANDLE token);
// Last sub-authority of the integrity label (SECURITY_MANDATORY_*_RID); empty when the system cannot tell.
std::optional<DWORD> token_integrity(HANDLE token);
// The token holds the group with all of `attributes` set and SE_GROUP_USE_FOR_DENY_ONLY not set.
bool token_has_group(HANDLE token, const wchar_t* sid, DWORD attributes);
TOKEN_ELEVATION_TYPE token_elevation_type(HANDLE token);

// One JSON object with the members that epmnative.h lists for epm_token_facts.
void write_token_facts(JsonWriter& json, HANDLE token);

}  // namespace epm
