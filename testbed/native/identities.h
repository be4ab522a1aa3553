// The people of the test bed.
#pragma once

#include <string>

#include "created_token.h"

namespace bed {

// standardUser | otherUser | administrator | system; throws Failure ERROR_NO_SUCH_USER for any other name.
epm::TokenDescription identity(const std::wstring& name);

}  // namespace bed
