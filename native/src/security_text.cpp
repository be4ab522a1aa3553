#include "security_text.h"

#include <sddl.h>

#include <vector>

#include "failure.h"

namespace epm {

namespace {

// An ACL has at most 64 KiB.
constexpr DWORD max_descriptor = 0x10000 + 1024;

}  // namespace

std::wstring sid_text(PSID sid) {
  wchar_t* text = nullptr;
  check(ConvertSidToStringSidW(sid, &text), "ConvertSidToStringSidW");
  const LocalPointer<wchar_t> owner(text);
  return text;
}

SecurityPointer sid_from_text(const wchar_t* text) {
  PSID sid = nullptr;
  check(ConvertStringSidToSidW(text, &sid), "ConvertStringSidToSidW");
  return SecurityPointer(sid);
}

SecurityPointer descriptor_from_sddl(const wchar_t* sddl) {
  PSECURITY_DESCRIPTOR descriptor = nullptr;
  check(ConvertStringSecurityDescriptorToSecurityDescriptorW(sddl, SDDL_REVISION_1, &descriptor, nullptr),
        "ConvertStringSecurityDescriptorToSecurityDescriptorW");
  return SecurityPointer(descriptor);
}

PACL dacl_of(const SecurityPointer& descriptor) {
  BOOL present = FALSE;
  BOOL defaulted = FALSE;
  PACL dacl = nullptr;
  check(GetSecurityDescriptorDacl(descriptor.get(), &present, &dacl, &defaulted), "GetSecurityDescriptorDacl");
  if (!present || !dacl) fail("GetSecurityDescriptorDacl", ERROR_INVALID_ACL);
  return dacl;
}

std::wstring object_security(HANDLE object) {
  constexpr SECURITY_INFORMATION wanted = OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;
  DWORD size = 0;
  if (!GetKernelObjectSecurity(object, wanted, nullptr, 0, &size) && GetLastError() != ERROR_INSUFFICIENT_BUFFER) {
    fail("GetKernelObjectSecurity", GetLastError());
  }
  if (size > max_descriptor) fail("GetKernelObjectSecurity", ERROR_INVALID_DATA);
  std::vector<BYTE> descriptor(size);
  check(GetKernelObjectSecurity(object, wanted, descriptor.data(), size, &size), "GetKernelObjectSecurity");
  wchar_t* text = nullptr;
  check(
      ConvertSecurityDescriptorToStringSecurityDescriptorW(descriptor.data(), SDDL_REVISION_1, wanted, &text, nullptr),
      "ConvertSecurityDescriptorToStringSecurityDescriptorW");
  const LocalPointer<wchar_t> owner(text);
  return text;
}

std::wstring dacl_text(PACL dacl) {
  SECURITY_DESCRIPTOR descriptor;
  check(InitializeSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION), "InitializeSecurityDescriptor");
  check(SetSecurityDescriptorDacl(&descriptor, TRUE, dacl, FALSE), "SetSecurityDescriptorDacl");
  wchar_t* text = nullptr;
  check(ConvertSecurityDescriptorToStringSecurityDescriptorW(&descriptor, SDDL_REVISION_1, DACL_SECURITY_INFORMATION,
                                                             &text, nullptr),
        "ConvertSecurityDescriptorToStringSecurityDescriptorW");
  const LocalPointer<wchar_t> owner(text);
  return text;
}

}  // namespace epm
