// Names for SIDs of virtual accounts, kept by LSASS until the machine restarts.
// LsaManageSidNameMapping is documented by Microsoft but has no header.
#pragma once

#include <string>

#include "windows_headers.h"

namespace epm {

// Maps `name` (empty: the domain itself) of `domain` to `sid` and proves by lookups in both directions that exactly
// this mapping holds. Only a collision is accepted in place of success: the mapping may be there already. Throws
// Failure; a mapping that holds something else is ERROR_NONE_MAPPED. Needs SeTcbPrivilege enabled.
void map_sid_name(const std::wstring& domain, const std::wstring& name, const std::wstring& sid);

}  // namespace epm
