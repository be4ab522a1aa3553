// The token that the programs of a person at the machine have.
#pragma once

#include "handle.h"

namespace epm {

// A primary token of whoever is signed in to the session of `caller`; it may be somebody else. `process`: the client, which
// test-bed builds take the token of in Wine, where nobody is signed in. Throws Failure.
Handle requester_token(HANDLE caller, uint32_t process);

}  // namespace epm
