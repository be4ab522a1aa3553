// What is done to every made token before it is given out.
#pragma once

#include "account_input.h"
#include "windows_headers.h"

namespace epm {

// Session, privileges, owner, primary group, default DACL, mandatory policy and the EPM://request attribute. Every step must succeed.
void shape_token(HANDLE token, const AccountInput& account);

// The steps that Wine implements too.
void set_default_dacl(HANDLE token, const AccountInput& account);

}  // namespace epm
