// Logon of a virtual account: LogonUserExExW with LOGON32_PROVIDER_VIRTUAL. The function is documented and has no
// header; the provider is declared in winbase.h and its behaviour is known from its users (IIS, OpenSSH for Windows).
#pragma once

#include "account_input.h"
#include "handle.h"

namespace epm {

// Groups of the token: the requester's logon SID first, then Administrators and the marker group. Returns the logon's
// error; `token` is set on ERROR_SUCCESS.
DWORD virtual_logon(const AccountInput& account, Handle& token);

}  // namespace epm
