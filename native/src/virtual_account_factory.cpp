// The token factory of production builds: an isolated virtual account, logged on by LSASS.
#include "failure.h"
#include "full_token.h"
#include "platform.h"
#include "privileges.h"
#include "token_factory.h"
#include "token_shape.h"
#include "virtual_logon.h"

namespace epm {

MadeToken make_token(const AccountInput& account) {
  // On Wine the calls below would seem to succeed and prove nothing.
  if (is_wine()) fail("wine_get_version", ERROR_NOT_SUPPORTED);
  enable_own_privilege(L"SeTcbPrivilege");
  Handle logon;
  const DWORD error = virtual_logon(account, logon);
  if (error != ERROR_SUCCESS) fail("LogonUserExExW", error);
  const Handle made =
      account.administrator ? full_token(std::move(logon), account) : standard_token(std::move(logon), account);
  Handle token = primary_copy(made, account);
  shape_token(token.get(), account);
  return {std::move(token), "virtualAccount"};
}

}  // namespace epm
