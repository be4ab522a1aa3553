#include "test_bed_devices.h"

#include "failure.h"
#include "security_text.h"

namespace epm {

void let_drives_see(HANDLE thread) {
  std::wstring sddl = object_security(thread);
  sddl += L"(A;;GR;;;S-1-5-21-0-0-0-1000)";
  const SecurityPointer descriptor = descriptor_from_sddl(sddl.c_str());
  check(SetKernelObjectSecurity(thread, DACL_SECURITY_INFORMATION, descriptor.get()), "SetKernelObjectSecurity");
}

}  // namespace epm
