// Logs a person on, to authenticate them. Each build has exactly one implementation.
#pragma once

#include <optional>
#include <string>

#include "account_input.h"
#include "handle.h"

namespace epm {

// What LsaLogonUser takes.
struct LogonInput {
  uint32_t package;  // negotiate_package: looked up by name
  const uint8_t* buffer;
  uint32_t length;
  const AccountInput* account;  // the full token that is wanted; null: a token as at sign-in
};

inline constexpr uint32_t negotiate_package = UINT32_MAX;

struct UserLogon {
  Handle token;  // primary; empty when it was refused
  // Set when it was refused: what LsaLogonUser said, and its reason.
  NtStatus status = 0;
  NtStatus substatus = 0;
  bool other_user = false;  // the credential is good and not that of the account
  const char* factory = "";
  std::string package;  // name of the package
  std::optional<uint32_t> logon_type;
};

// Throws Failure when the system was not asked, or the token that is wanted cannot be made.
UserLogon log_on_user(const LogonInput& input);

// SID of the user of a name; empty when the system knows no user of it.
std::wstring user_sid(const wchar_t* name);

}  // namespace epm
