// Structures and functions of ntdll that the SDK headers do not declare. Layouts as in the Windows driver kit (ntifs.h)
// and checked by the size assertions below.
#pragma once

#include <winternl.h>

#include "windows_headers.h"

namespace epm {

// TOKEN_SECURITY_ATTRIBUTE_V1 of ntifs.h; names are UNICODE_STRING here, unlike CLAIM_SECURITY_ATTRIBUTE_V1.
inline constexpr USHORT security_attribute_type_string = 3;
inline constexpr ULONG security_attribute_non_inheritable = 1;

struct SecurityAttribute {
  UNICODE_STRING name;
  USHORT value_type;
  USHORT reserved;
  ULONG flags;
  ULONG value_count;
  UNICODE_STRING* strings;
};
static_assert(sizeof(SecurityAttribute) == 40);

struct SecurityAttributes {
  USHORT version;  // 1
  USHORT reserved;
  ULONG count;
  SecurityAttribute* attributes;
};
static_assert(sizeof(SecurityAttributes) == 16);

enum SecurityAttributeOperation : ULONG { operation_none, operation_replace_all, operation_add };

struct SecurityAttributesAndOperations {
  SecurityAttributes* attributes;
  SecurityAttributeOperation* operations;
};

}  // namespace epm
