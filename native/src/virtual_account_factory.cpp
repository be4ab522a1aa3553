// The token factory of production builds: an isolated virtual account, logged on by LSASS.
#include "failure.h"
#include "lsa_name_mapping.h"
#include "platform.h"
#include "privileges.h"
#include "security_text.h"
#include "service_logon_right.h"
#include "token_factory.h"
#include "token_facts.h"
#include "token_shape.h"
#include "virtual_logon.h"

namespace epm {

namespace {

constexpr wchar_t administrators[] = L"S-1-5-32-544";
constexpr DWORD error_invalid_label = 1299;  // ERROR_INVALID_LABEL, not in every winerror.h
constexpr DWORD enabled_owner = SE_GROUP_ENABLED | SE_GROUP_OWNER;

// An interactive logon of a member of Administrators gives the filtered half of a pair; the linked half is the full
// token, and a primary one because SeTcbPrivilege is enabled. With UAC off there is no pair, and the token must
// already be full. With Administrator Protection the linked half is another account's, which the check of the user
// refuses.
Handle full_token(Handle logon_token, const AccountInput& account) {
  Handle full;
  if (token_elevation_type(logon_token.get()) == TokenElevationTypeLimited) {
    const auto information = token_information(logon_token.get(), TokenLinkedToken);
    full = Handle(reinterpret_cast<const TOKEN_LINKED_TOKEN*>(information.data())->LinkedToken);
    if (!full) fail("GetTokenInformation(TokenLinkedToken)", ERROR_NO_TOKEN);
  } else {
    full = std::move(logon_token);
  }
  if (token_user(full.get()) != account.account_sid) fail("full token: user", ERROR_INVALID_OWNER);
  if (!token_has_group(full.get(), administrators, enabled_owner))
    fail("full token: groups", ERROR_MEMBER_NOT_IN_GROUP);
  if (token_integrity(full.get()) != static_cast<DWORD>(SECURITY_MANDATORY_HIGH_RID)) {
    fail("full token: integrity", error_invalid_label);
  }
  return full;
}

Handle primary_copy(const Handle& token, const AccountInput& account) {
  // The token's own security: an elevated program adjusts its privileges, nobody else touches its token.
  const std::wstring sddl = L"D:P(A;;GA;;;SY)(A;;GA;;;" + account.account_sid + L")";
  const SecurityPointer descriptor = descriptor_from_sddl(sddl.c_str());
  SECURITY_ATTRIBUTES attributes{sizeof(attributes), descriptor.get(), FALSE};
  Handle copy;
  check(DuplicateTokenEx(token.get(), TOKEN_ALL_ACCESS, &attributes, SecurityAnonymous, TokenPrimary, copy.receive()),
        "DuplicateTokenEx");
  return copy;
}

Handle service_token(const AccountInput& account) {
  const ServiceLogonRight right(account.account_sid.c_str());
  Handle token;
  const DWORD error = virtual_logon(account, LOGON32_LOGON_SERVICE, token);
  if (error != ERROR_SUCCESS) fail("LogonUserExExW(service)", error);
  return full_token(std::move(token), account);
}

Handle logged_on(const AccountInput& account, const char*& logon) {
  Handle token;
  const DWORD error = virtual_logon(account, LOGON32_LOGON_INTERACTIVE, token);
  if (error == ERROR_SUCCESS) {
    try {
      Handle full = full_token(std::move(token), account);
      logon = "interactive";
      return full;
    } catch (const Failure&) {
      // Administrator Protection: no linked token of this account. A service logon has no pair.
      if (!account.allow_service_logon) throw;
    }
  } else if (error != ERROR_LOGON_TYPE_NOT_GRANTED || !account.allow_service_logon) {
    fail("LogonUserExExW(interactive)", error);
  }
  logon = "service";
  return service_token(account);
}

}  // namespace

MadeToken make_token(const AccountInput& account) {
  // On Wine the calls below would seem to succeed and prove nothing.
  if (is_wine()) fail("wine_get_version", ERROR_NOT_SUPPORTED);
  enable_own_privilege(L"SeTcbPrivilege");
  map_sid_name(account.domain_name, L"", account.domain_sid);
  map_sid_name(account.domain_name, account.group_name, account.group_sid);
  map_sid_name(account.domain_name, account.account_name, account.account_sid);

  const char* logon = nullptr;
  const Handle full = logged_on(account, logon);
  Handle token = primary_copy(full, account);
  shape_token(token.get(), account);
  return {std::move(token), "virtualAccount", logon};
}

}  // namespace epm
