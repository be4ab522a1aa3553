#include "lsa_name_mapping.h"

#include "failure.h"
#include "nt_types.h"
#include "privileges.h"
#include "security_text.h"
#include "system_function.h"

namespace epm {

namespace {

// LSA_SID_NAME_MAPPING_OPERATION_TYPE, ..._ADD_INPUT, ..._GENERIC_OUTPUT of the documentation.
constexpr ULONG mapping_add = 0;
constexpr ULONG mapping_remove = 1;
enum MappingError : ULONG { mapping_success, non_mapping_error, name_collision, sid_collision };

struct MappingAddInput {
  UNICODE_STRING domain_name;
  UNICODE_STRING account_name;
  PSID sid;
  ULONG flags;
};
static_assert(sizeof(MappingAddInput) == 48);

struct MappingRemoveInput {
  UNICODE_STRING domain_name;
  UNICODE_STRING account_name;
};
static_assert(sizeof(MappingRemoveInput) == 32);

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

// What Windows finds by one half of a mapping. `unknown`: nothing, or it could not look.
enum class Found { ours, others, unknown };

Found found_if(bool ours) { return ours ? Found::ours : Found::others; }

// The SID must give the names: half a mapping could be somebody else's.
Found names_of(PSID sid, const NameInput& input) {
  wchar_t found_name[max_name];
  wchar_t found_domain[max_name];
  DWORD name_length = max_name;
  DWORD domain_length = max_name;
  SID_NAME_USE use{};
  if (!LookupAccountSidW(nullptr, sid, found_name, &name_length, found_domain, &domain_length, &use)) {
    return Found::unknown;
  }
  return found_if(input.name.empty() ? same_name(found_domain, input.domain) || same_name(found_name, input.domain)
                                     : same_name(found_name, input.name) && same_name(found_domain, input.domain));
}

// The names must give the SID.
Found sid_of(const NameInput& input, PSID sid) {
  const std::wstring full = input.name.empty() ? input.domain : input.domain + L"\\" + input.name;
  BYTE found_sid[SECURITY_MAX_SID_SIZE];
  wchar_t found_domain[max_name];
  DWORD sid_length = sizeof(found_sid);
  DWORD domain_length = max_name;
  SID_NAME_USE use{};
  if (!LookupAccountNameW(nullptr, full.c_str(), found_sid, &sid_length, found_domain, &domain_length, &use)) {
    return Found::unknown;
  }
  return found_if(EqualSid(found_sid, sid));
}

struct ManageResult {
  NtStatus status;
  ULONG error;
};

ManageResult manage(ULONG operation, void* input) {
  const auto call = system_function<ManageFunction>(L"advapi32.dll", "LsaManageSidNameMapping");
  const auto release = system_function<FreeFunction>(L"advapi32.dll", "LsaFreeMemory");
  if (!call || !release) fail("LsaManageSidNameMapping", ERROR_PROC_NOT_FOUND);
  enable_own_privilege(L"SeTcbPrivilege");
  MappingOutput* output = nullptr;
  const NtStatus status = call(operation, input, &output);
  const ULONG error = output ? output->error_code : static_cast<ULONG>(non_mapping_error);
  if (output) release(output);
  return {status, error};
}

ManageResult remove_mapping(const NameInput& input) {
  MappingRemoveInput remove{counted(input.domain), counted(input.name)};
  return manage(mapping_remove, &remove);
}

}  // namespace

bool map_sid_name(const NameInput& input) {
  const SecurityPointer sid = sid_from_text(input.sid.c_str());
  MappingAddInput add{counted(input.domain), counted(input.name), sid.get(), 0};
  const ManageResult result = manage(mapping_add, &add);
  const bool added = nt_success(result.status);
  const bool collision = result.error == name_collision || result.error == sid_collision;
  if (!added && !collision) fail_status("LsaManageSidNameMapping", result.status);
  const Found names = names_of(sid.get(), input);
  const Found owner = sid_of(input, sid.get());
  if (names == Found::ours && owner == Found::ours) return added;
  if (added) remove_mapping(input);
  // Whoever hears of a collision takes another domain, and so other accounts: it has to be seen, not supposed.
  const bool others = names == Found::others || owner == Found::others;
  fail("LsaManageSidNameMapping", others ? ERROR_ALREADY_EXISTS : ERROR_NONE_MAPPED);
}

bool unmap_sid_name(const NameInput& input) {
  const SecurityPointer sid = sid_from_text(input.sid.c_str());
  if (names_of(sid.get(), input) != Found::ours || sid_of(input, sid.get()) != Found::ours) return false;
  const ManageResult result = remove_mapping(input);
  if (!nt_success(result.status)) fail_status("LsaManageSidNameMapping(Remove)", result.status);
  return true;
}

}  // namespace epm
