#include "privileges.h"

#include <cstddef>

#include "failure.h"
#include "handle.h"
#include "token_facts.h"

namespace epm {

namespace {

const TOKEN_PRIVILEGES& privileges_of(const std::vector<BYTE>& information) {
  return *reinterpret_cast<const TOKEN_PRIVILEGES*>(information.data());
}

bool holds(HANDLE token, const LUID& luid, bool enabled) {
  const std::vector<BYTE> information = token_information(token, TokenPrivileges);
  const TOKEN_PRIVILEGES& all = privileges_of(information);
  for (DWORD i = 0; i < all.PrivilegeCount; ++i) {
    const LUID_AND_ATTRIBUTES& one = all.Privileges[i];
    if (one.Luid.LowPart == luid.LowPart && one.Luid.HighPart == luid.HighPart) {
      return !enabled || (one.Attributes & SE_PRIVILEGE_ENABLED) != 0;
    }
  }
  return false;
}

void adjust(HANDLE token, const LUID& luid, DWORD attributes) {
  TOKEN_PRIVILEGES change{1, {{luid, attributes}}};
  // Success does not mean that anything changed: ERROR_NOT_ALL_ASSIGNED. The callers look at the token afterwards.
  check(AdjustTokenPrivileges(token, FALSE, &change, 0, nullptr, nullptr), "AdjustTokenPrivileges");
}

}  // namespace

LUID privilege_luid(const std::wstring& name) {
  LUID luid{};
  check(LookupPrivilegeValueW(nullptr, name.c_str(), &luid), "LookupPrivilegeValueW");
  return luid;
}

std::wstring privilege_name(const LUID& luid) {
  wchar_t name[128];
  DWORD length = 128;
  LUID copy = luid;
  if (!LookupPrivilegeNameW(nullptr, &copy, name, &length)) return {};
  return std::wstring(name, length);
}

void enable_own_privilege(const wchar_t* name) {
  Handle token;
  check(OpenProcessToken(GetCurrentProcess(), TOKEN_ADJUST_PRIVILEGES | TOKEN_QUERY, token.receive()),
        "OpenProcessToken");
  const LUID luid = privilege_luid(name);
  adjust(token.get(), luid, SE_PRIVILEGE_ENABLED);
  if (!holds(token.get(), luid, true)) fail("AdjustTokenPrivileges", ERROR_PRIVILEGE_NOT_HELD);
}

void remove_privileges(HANDLE token, const std::vector<std::wstring>& names) {
  for (const std::wstring& name : names) {
    LUID luid{};
    if (!LookupPrivilegeValueW(nullptr, name.c_str(), &luid)) {
      const DWORD error = GetLastError();
      if (error == ERROR_NO_SUCH_PRIVILEGE) continue;
      fail("LookupPrivilegeValueW", error);
    }
    adjust(token, luid, SE_PRIVILEGE_REMOVED);
    if (holds(token, luid, false)) fail("AdjustTokenPrivileges", ERROR_NOT_ALL_ASSIGNED);
  }
}

}  // namespace epm
