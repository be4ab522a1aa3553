// Checks what the core asks a token factory for, before any system call. Pure: the self-test runs it on any system.
#pragma once

#include <string>
#include <vector>

#include "epmnative.h"
#include "windows_headers.h"

namespace epm {

struct AccountInput {
  std::wstring domain_name;
  std::wstring domain_sid;
  std::wstring account_name;
  std::wstring account_sid;
  std::wstring group_name;
  std::wstring group_sid;
  std::wstring logon_sid;
  uint32_t session = 0;
  DWORD logon_type = 0;
  std::vector<std::wstring> remove_privileges;
  std::wstring default_dacl;
  std::wstring owner_sid;
  std::wstring request_id;
  bool administrator = true;
};

// Throws Failure ERROR_INVALID_PARAMETER with the name of the field as its step.
//   domain_sid   S-1-5-x, x 100..111: below are the systems' own virtual domains, above nothing can be mapped
//   account_sid  S-1-5-x-a-b-c-d-e in that domain; group_sid S-1-5-y-0, y 100..111
//   logon_sid    S-1-5-5-h-l
//   owner_sid    the account, or, of an administrator, BUILTIN\Administrators
//   names        1 to 64 characters, none that account names forbid; privileges SeXxxPrivilege
//   logon_type   LOGON32_LOGON_INTERACTIVE or LOGON32_LOGON_SERVICE
//   default_dacl SDDL that begins with D: and is not empty; request_id 1 to 128 characters of [A-Za-z0-9-]
AccountInput checked_account(const epm_account& account);
// The same for the requester's own account: account_sid is any SID, owner_sid is BUILTIN\Administrators, and the names
// and the service logon are not used.
AccountInput checked_user_account(const epm_account& account);

struct NameInput {
  std::wstring domain;
  std::wstring name;  // empty: of the domain itself
  std::wstring sid;
};

// Names and SID as above: of a domain, of its marker group, or of an account in it.
NameInput checked_name(const char16_t* domain, const char16_t* name, const char16_t* sid);
// SID of an account, as above.
std::wstring checked_account_sid(const char16_t* sid);

}  // namespace epm
