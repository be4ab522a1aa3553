// Makes the token of one elevation. Each build has exactly one implementation.
#pragma once

#include "account_input.h"
#include "handle.h"

namespace epm {

struct MadeToken {
  Handle token;         // primary
  const char* factory;  // virtualAccount | testBed
};

// Throws Failure. The caller must still read the token's facts back and compare them with what it asked for.
MadeToken make_token(const AccountInput& account);

}  // namespace epm
