// From the token of a logon to that of an account: the full one of an administrator, or one without their rights.
#pragma once

#include "account_input.h"
#include "handle.h"

namespace epm {

// The token itself, or the linked one of a pair. It is the account's, holds Administrators and has high integrity, or
// this throws Failure.
Handle full_token(Handle logon_token, const AccountInput& account);

// The token itself. It is the account's, does not hold Administrators and has medium integrity, or this throws Failure.
Handle standard_token(Handle logon_token, const AccountInput& account);

// A primary token of the same content, open to the system and the account's owner only.
Handle primary_copy(const Handle& token, const AccountInput& account);

}  // namespace epm
