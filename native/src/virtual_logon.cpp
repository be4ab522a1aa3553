#include "virtual_logon.h"

#include <cstddef>
#include <vector>

#include "security_text.h"
#include "system_function.h"

namespace epm {

namespace {

// TOKEN_GROUPS of at most three.
struct ThreeGroups {
  DWORD count;
  SID_AND_ATTRIBUTES groups[3];
};
static_assert(offsetof(ThreeGroups, groups) == offsetof(TOKEN_GROUPS, Groups));

using LogonFunction = BOOL(WINAPI*)(const wchar_t* user, const wchar_t* domain, const wchar_t* password, DWORD type,
                                    DWORD provider, TOKEN_GROUPS* groups, HANDLE* token, PSID* logon_sid,
                                    void** profile, DWORD* profile_length, QUOTA_LIMITS* quota);

constexpr DWORD member = SE_GROUP_MANDATORY | SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_ENABLED;

}  // namespace

DWORD virtual_logon(const AccountInput& account, Handle& token) {
  const auto logon = system_function<LogonFunction>(L"advapi32.dll", "LogonUserExExW");
  if (!logon) return ERROR_PROC_NOT_FOUND;
  const SecurityPointer logon_sid = sid_from_text(account.logon_sid.c_str());
  const SecurityPointer administrators = sid_from_text(L"S-1-5-32-544");
  const SecurityPointer marker = sid_from_text(account.group_sid.c_str());
  // The requester's logon SID opens the window station and desktop without a change to their DACLs. It must be first.
  ThreeGroups groups{2, {{logon_sid.get(), SE_GROUP_LOGON_ID | member}, {marker.get(), member}, {}}};
  if (account.administrator) groups.groups[groups.count++] = {administrators.get(), member | SE_GROUP_OWNER};
  HANDLE made = nullptr;
  if (!logon(account.account_name.c_str(), account.domain_name.c_str(), nullptr, account.logon_type,
             LOGON32_PROVIDER_VIRTUAL, reinterpret_cast<TOKEN_GROUPS*>(&groups), &made, nullptr, nullptr, nullptr,
             nullptr)) {
    const DWORD error = GetLastError();
    return error == ERROR_SUCCESS ? ERROR_LOGON_FAILURE : error;
  }
  token = Handle(made);
  return token ? ERROR_SUCCESS : ERROR_INVALID_HANDLE;
}

}  // namespace epm
