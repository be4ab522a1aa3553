#include "created_token.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "failure.h"
#include "nt_types.h"
#include "security_text.h"
#include "system_function.h"

namespace epm {

namespace {

using NtCreateTokenFunction = NtStatus(WINAPI*)(HANDLE*, ACCESS_MASK, OBJECT_ATTRIBUTES*, TOKEN_TYPE, LUID*,
                                                LARGE_INTEGER*, TOKEN_USER*, TOKEN_GROUPS*, TOKEN_PRIVILEGES*,
                                                TOKEN_OWNER*, TOKEN_PRIMARY_GROUP*, TOKEN_DEFAULT_DACL*, TOKEN_SOURCE*);

// A structure of Windows that ends in an array of `count` elements.
template <typename T, typename Element>
std::vector<BYTE> with_array(size_t offset, const std::vector<Element>& elements) {
  std::vector<BYTE> bytes(std::max(sizeof(T), offset + elements.size() * sizeof(Element)));
  const DWORD count = static_cast<DWORD>(elements.size());
  std::memcpy(bytes.data(), &count, sizeof(count));
  if (!elements.empty()) std::memcpy(bytes.data() + offset, elements.data(), elements.size() * sizeof(Element));
  return bytes;
}

std::vector<LUID_AND_ATTRIBUTES> known_privileges(const std::vector<std::pair<std::wstring, bool>>& names) {
  std::vector<LUID_AND_ATTRIBUTES> known;
  for (const auto& [name, enabled] : names) {
    LUID luid{};
    if (!LookupPrivilegeValueW(nullptr, name.c_str(), &luid)) continue;
    known.push_back({luid, enabled ? SE_PRIVILEGE_ENABLED | SE_PRIVILEGE_ENABLED_BY_DEFAULT : 0u});
  }
  return known;
}

}  // namespace

Handle create_token(const TokenDescription& description) {
  const auto create = system_function<NtCreateTokenFunction>(L"ntdll.dll", "NtCreateToken");
  if (!create) fail("NtCreateToken", ERROR_PROC_NOT_FOUND);

  const SecurityPointer user = sid_from_text(description.user.c_str());
  std::vector<SecurityPointer> sids;
  std::vector<SID_AND_ATTRIBUTES> members;
  for (const CreatedGroup& group : description.groups) {
    sids.push_back(sid_from_text(group.sid.c_str()));
    members.push_back({sids.back().get(), group.attributes});
  }
  auto groups = with_array<TOKEN_GROUPS>(offsetof(TOKEN_GROUPS, Groups), members);
  auto privileges =
      with_array<TOKEN_PRIVILEGES>(offsetof(TOKEN_PRIVILEGES, Privileges), known_privileges(description.privileges));
  const SecurityPointer owner_sid = sid_from_text(description.owner.c_str());
  const SecurityPointer primary_sid = sid_from_text(description.primary_group.c_str());
  const SecurityPointer descriptor = descriptor_from_sddl(description.default_dacl.c_str());

  TOKEN_USER token_user{{user.get(), 0}};
  TOKEN_OWNER owner{owner_sid.get()};
  TOKEN_PRIMARY_GROUP primary{primary_sid.get()};
  TOKEN_DEFAULT_DACL dacl{dacl_of(descriptor)};
  TOKEN_SOURCE source{{'E', 'P', 'M', 'B', 'e', 'd', ' ', ' '}, {}};
  check(AllocateLocallyUniqueId(&source.SourceIdentifier), "AllocateLocallyUniqueId");
  LUID logon{};
  check(AllocateLocallyUniqueId(&logon), "AllocateLocallyUniqueId");
  LARGE_INTEGER never;
  never.QuadPart = INT64_MAX;
  OBJECT_ATTRIBUTES attributes{};
  attributes.Length = sizeof(attributes);

  Handle token;
  check_status(create(token.receive(), TOKEN_ALL_ACCESS, &attributes, TokenPrimary, &logon, &never, &token_user,
                      reinterpret_cast<TOKEN_GROUPS*>(groups.data()),
                      reinterpret_cast<TOKEN_PRIVILEGES*>(privileges.data()), &owner, &primary, &dacl, &source),
               "NtCreateToken");
  return token;
}

std::vector<std::pair<std::wstring, bool>> administrator_privileges() {
  return {{L"SeIncreaseQuotaPrivilege", false},
          {L"SeSecurityPrivilege", false},
          {L"SeTakeOwnershipPrivilege", false},
          {L"SeLoadDriverPrivilege", false},
          {L"SeSystemProfilePrivilege", false},
          {L"SeSystemtimePrivilege", false},
          {L"SeProfileSingleProcessPrivilege", false},
          {L"SeIncreaseBasePriorityPrivilege", false},
          {L"SeCreatePagefilePrivilege", false},
          {L"SeBackupPrivilege", false},
          {L"SeRestorePrivilege", false},
          {L"SeShutdownPrivilege", false},
          {L"SeDebugPrivilege", false},
          {L"SeSystemEnvironmentPrivilege", false},
          {L"SeChangeNotifyPrivilege", true},
          {L"SeRemoteShutdownPrivilege", false},
          {L"SeUndockPrivilege", false},
          {L"SeManageVolumePrivilege", false},
          {L"SeImpersonatePrivilege", true},
          {L"SeCreateGlobalPrivilege", true},
          {L"SeIncreaseWorkingSetPrivilege", false},
          {L"SeTimeZonePrivilege", false},
          {L"SeCreateSymbolicLinkPrivilege", false},
          {L"SeDelegateSessionUserImpersonatePrivilege", false}};
}

}  // namespace epm
