#include "lsa_name_mapping.h"

#include "failure.h"
#include "nt_types.h"
#include "security_text.h"
#include "system_function.h"

namespace epm {

namespace {

// LSA_SID_NAME_MAPPING_OPERATION_TYPE, ..._ADD_INPUT, ..._GENERIC_OUTPUT of the documentation.
constexpr ULONG mapping_add = 0;
enum MappingError : ULONG { mapping_success, non_mapping_error, name_collision, sid_collision };

struct MappingAddInput {
  UNICODE_STRING domain_name;
  UNICODE_STRING account_name;
  PSID sid;
  ULONG flags;
};
static_assert(sizeof(MappingAddInput) == 48);

struct MappingOutput {
  ULONG error_code;
};

using ManageFunction = NtStatus(WINAPI*)(ULONG operation, void* input, MappingOutput** output);
using FreeFunction = NtStatus(WINAPI*)(void* memory);

UNICODE_STRING counted(const std::wstring& text) {
  const USHORT bytes = static_cast<USHORT>(text.size() * sizeof(wchar_t));
  return UNICODE_STRING{bytes, bytes, const_cast<wchar_t*>(text.data())};
}

bool same_name(const std::wstring& one, const std::wstring& other) {
  return CompareStringOrdinal(one.data(), static_cast<int>(one.size()), other.data(), static_cast<int>(other.size()),
                              TRUE) == CSTR_EQUAL;
}

constexpr DWORD max_name = 256;

// The SID must give the names, and the names the SID: half a mapping could be somebody else's.
void confirm(const std::wstring& domain, const std::wstring& name, PSID sid) {
  wchar_t found_name[max_name];
  wchar_t found_domain[max_name];
  DWORD name_length = max_name;
  DWORD domain_length = max_name;
  SID_NAME_USE use{};
  check(LookupAccountSidW(nullptr, sid, found_name, &name_length, found_domain, &domain_length, &use),
        "LookupAccountSidW");
  const bool names_fit = name.empty() ? same_name(found_domain, domain) || same_name(found_name, domain)
                                      : same_name(found_name, name) && same_name(found_domain, domain);
  if (!names_fit) fail("LookupAccountSidW", ERROR_NONE_MAPPED);

  const std::wstring full = name.empty() ? domain : domain + L"\\" + name;
  BYTE found_sid[SECURITY_MAX_SID_SIZE];
  DWORD sid_length = sizeof(found_sid);
  domain_length = max_name;
  check(LookupAccountNameW(nullptr, full.c_str(), found_sid, &sid_length, found_domain, &domain_length, &use),
        "LookupAccountNameW");
  if (!EqualSid(found_sid, sid)) fail("LookupAccountNameW", ERROR_NONE_MAPPED);
}

}  // namespace

void map_sid_name(const std::wstring& domain, const std::wstring& name, const std::wstring& sid_text) {
  const auto manage = system_function<ManageFunction>(L"advapi32.dll", "LsaManageSidNameMapping");
  const auto release = system_function<FreeFunction>(L"advapi32.dll", "LsaFreeMemory");
  if (!manage || !release) fail("LsaManageSidNameMapping", ERROR_PROC_NOT_FOUND);

  const SecurityPointer sid = sid_from_text(sid_text.c_str());
  MappingAddInput input{counted(domain), counted(name), sid.get(), 0};
  MappingOutput* output = nullptr;
  const NtStatus status = manage(mapping_add, &input, &output);
  const ULONG error = output ? output->error_code : static_cast<ULONG>(non_mapping_error);
  if (output) release(output);

  const bool collision = error == name_collision || error == sid_collision;
  if (!nt_success(status) && !collision) fail_status("LsaManageSidNameMapping", status);
  confirm(domain, name, sid.get());
}

}  // namespace epm
