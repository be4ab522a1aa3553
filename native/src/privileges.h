// Privileges of a token, by name.
#pragma once

#include <string>
#include <vector>

#include "windows_headers.h"

namespace epm {

LUID privilege_luid(const std::wstring& name);
// Empty when the system has no name for it.
std::wstring privilege_name(const LUID& luid);

// Enables one privilege of the calling process and proves that it was enabled.
void enable_own_privilege(const wchar_t* name);

// Removes the named privileges for good (SE_PRIVILEGE_REMOVED, unlike disabling) and proves that none is left. A name
// that the token does not hold is fine, and so is one that this version of Windows does not have.
void remove_privileges(HANDLE token, const std::vector<std::wstring>& names);

}  // namespace epm
