// Text forms of security identifiers and descriptors ([MS-DTYP] 2.4.2.1 and 2.5.1).
#pragma once

#include <string>

#include "handle.h"

namespace epm {

// Memory that Windows allocated for a SID or a security descriptor.
using SecurityPointer = LocalPointer<void>;

std::wstring sid_text(PSID sid);
SecurityPointer sid_from_text(const wchar_t* text);
SecurityPointer descriptor_from_sddl(const wchar_t* sddl);
// The DACL inside a descriptor; fails when there is none or a NULL one, which would give everybody everything.
PACL dacl_of(const SecurityPointer& descriptor);
// Owner and DACL of a kernel object, as SDDL.
std::wstring object_security(HANDLE object);
// The DACL alone, as SDDL.
std::wstring dacl_text(PACL dacl);

}  // namespace epm
