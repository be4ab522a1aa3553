#include "access_check.h"

#include <vector>

#include "failure.h"

namespace epm {

namespace {

// The label denies as well as the entries do; conditional entries read the attributes.
constexpr SECURITY_INFORMATION parts = OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION |
                                       DACL_SECURITY_INFORMATION | LABEL_SECURITY_INFORMATION |
                                       ATTRIBUTE_SECURITY_INFORMATION;

std::vector<BYTE> descriptor_of(HANDLE object) {
  std::vector<BYTE> descriptor(1024);
  for (;;) {
    DWORD needed = 0;
    if (GetKernelObjectSecurity(object, parts, descriptor.data(), static_cast<DWORD>(descriptor.size()), &needed)) {
      return descriptor;
    }
    const DWORD error = GetLastError();
    if (error != ERROR_INSUFFICIENT_BUFFER || needed <= descriptor.size()) fail("GetKernelObjectSecurity", error);
    descriptor.resize(needed);
  }
}

}  // namespace

bool token_may(HANDLE token, HANDLE object, DWORD rights) {
  std::vector<BYTE> descriptor = descriptor_of(object);
  GENERIC_MAPPING mapping{FILE_GENERIC_READ, FILE_GENERIC_WRITE, FILE_GENERIC_EXECUTE, FILE_ALL_ACCESS};
  PRIVILEGE_SET used{};
  DWORD used_size = sizeof(used);
  DWORD granted = 0;
  BOOL allowed = FALSE;
  check(AccessCheck(descriptor.data(), token, rights, &mapping, &used, &used_size, &granted, &allowed), "AccessCheck");
  return allowed != FALSE && (granted & rights) == rights && used.PrivilegeCount == 0;
}

}  // namespace epm
