// Names for SIDs of virtual accounts, kept by LSASS until the machine restarts.
// LsaManageSidNameMapping is documented by Microsoft but has no header.
#pragma once

#include "account_input.h"

namespace epm {

// Maps `name` (empty: the domain itself) of `domain` to `sid` and proves by lookups in both directions that exactly
// this mapping holds. Only a collision is accepted in place of success: the mapping may be there already. Returns whether
// it was added now. Throws Failure, and then has added nothing; a mapping that holds something else is ERROR_NONE_MAPPED.
bool map_sid_name(const NameInput& input);

// Removes the mapping, if exactly it holds. Returns whether it did. Throws Failure.
bool unmap_sid_name(const NameInput& input);

}  // namespace epm
