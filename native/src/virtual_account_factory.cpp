// The token factory of production builds: an isolated virtual account, logged on by LSASS.
#include "failure.h"
#include "full_token.h"
#include "lsa_name_mapping.h"
#include "platform.h"
#include "privileges.h"
#include "service_logon_right.h"
#include "token_factory.h"
#include "token_shape.h"
#include "virtual_logon.h"

namespace epm {

namespace {

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
