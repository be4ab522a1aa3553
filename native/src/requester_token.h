// The tokens that the programs of people at the machine have.
#pragma once

#include <string>

#include "handle.h"

namespace epm {

// A primary token of whoever is signed in to the session of `caller`; it may be somebody else. `process`: the client, which
// test-bed builds take the token of in Wine, where nobody is signed in. Throws Failure.
Handle requester_token(HANDLE caller, uint32_t process);

// A primary token of the user with this SID, from a session that they are at: active and not locked. Empty where they are at
// none. In Wine, which has no sessions, test-bed builds take that of a program of the user. Throws Failure.
Handle session_token(const std::wstring& user);

}  // namespace epm
