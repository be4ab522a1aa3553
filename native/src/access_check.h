// What a caller may do with an open file or folder, by the caller's own token.
#pragma once

#include "windows_headers.h"

namespace epm {

// True when the security descriptor of `object` (opened with READ_CONTROL) grants all of `rights` to `token`, an
// impersonation token. Privileges do not count: for these rights AccessCheck looks at none, unlike an open by somebody
// who holds SeBackupPrivilege and asks for it. Throws Failure when the descriptor cannot be read or judged.
bool token_may(HANDLE token, HANDLE object, DWORD rights);

}  // namespace epm
