// The token factory of test-bed builds. It makes a token with the identity, groups and privileges that the production
// factory would give, without LSASS. The value `DeniedLogons` of HKLM\SOFTWARE\EPM Test Bed names the kinds of logon that
// are refused, as user rights refuse them on Windows: `interactive`, `service`.
//
// What Wine does not hold, and what therefore only real Windows shows: integrity levels (the label is only a group),
// elevation type, logon session, session id (always the default session), mandatory policy and security attributes. The
// facts of such a token say null for them, or what the system answers.
#include "created_token.h"
#include "failure.h"
#include "privileges.h"
#include "service_logon_right.h"
#include "token_factory.h"

namespace epm {

namespace {

constexpr DWORD member = SE_GROUP_MANDATORY | SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_ENABLED;

bool is_removed(const AccountInput& account, const std::wstring& privilege) {
  for (const std::wstring& name : account.remove_privileges) {
    if (name == privilege) return true;
  }
  return false;
}

}  // namespace

namespace {

bool is_denied(const wchar_t* kind) {
  wchar_t text[64];
  DWORD size = sizeof(text);
  return RegGetValueW(HKEY_LOCAL_MACHINE, L"SOFTWARE\\EPM Test Bed", L"DeniedLogons", RRF_RT_REG_SZ, nullptr, text,
                      &size) == ERROR_SUCCESS &&
         std::wstring(text).find(kind) != std::wstring::npos;
}

bool has_service_right(const AccountInput& account) {
  for (const std::wstring& holder : service_logon_right_holders()) {
    if (holder == account.account_sid) return true;
  }
  return false;
}

}  // namespace

MadeToken make_token(const AccountInput& account) {
  const bool service = account.logon_type == LOGON32_LOGON_SERVICE;
  if (is_denied(service ? L"service" : L"interactive") || (service && !has_service_right(account))) {
    fail("LogonUserExExW", ERROR_LOGON_TYPE_NOT_GRANTED);
  }
  TokenDescription description;
  description.user = account.account_sid;
  description.groups = {
      {account.logon_sid, SE_GROUP_LOGON_ID | member},
      {account.group_sid, member},
      {service ? L"S-1-5-6" : L"S-1-5-4", member},
      {L"S-1-1-0", member},
      {L"S-1-2-0", member},
      {L"S-1-5-11", member},
      {L"S-1-5-32-545", member},
      {account.administrator ? L"S-1-16-12288" : L"S-1-16-8192", SE_GROUP_INTEGRITY | SE_GROUP_INTEGRITY_ENABLED},
  };
  if (account.administrator) description.groups.push_back({L"S-1-5-32-544", member | SE_GROUP_OWNER});
  // Not enabled. It is there because Wine takes the primary group, which must be one of these, for the owner too.
  if (account.owner_sid != L"S-1-5-32-544") description.groups.push_back({account.owner_sid, 0});
  description.primary_group = account.owner_sid;
  description.owner = account.owner_sid;
  description.default_dacl = account.default_dacl;
  for (const auto& privilege : administrator_privileges()) {
    if (!is_removed(account, privilege.first)) description.privileges.push_back(privilege);
  }
  Handle token = create_token(description);
  // Proves that what had to go is not there, whatever the system made of the request.
  remove_privileges(token.get(), account.remove_privileges);
  return {std::move(token), "testBed"};
}

}  // namespace epm
