// Faults by call number, in the edition of the test bed only.
#pragma once

#if defined(EPM_TEST_BED)

#include <cstdlib>

#include "windows_headers.h"

namespace epm {

// True when this call is to fail. The variable NAME=N makes the Nth call from then on fail, NAME=N+ all after it too;
// with @P at the end only in the process P, and not in those that inherit the variable.
inline bool is_told_to_fail(const wchar_t* name) {
  wchar_t text[32];
  const DWORD length = GetEnvironmentVariableW(name, text, 32);
  if (length == 0 || length >= 32) return false;
  wchar_t* end = nullptr;
  const unsigned long left = std::wcstoul(text, &end, 10);
  const std::wstring rest = end;
  const bool stays = *end == L'+';
  if (stays) ++end;
  if (*end == L'@' && std::wcstoul(end + 1, nullptr, 10) != GetCurrentProcessId()) return false;
  if (left > 1) {
    const std::wstring next = std::to_wstring(left - 1) + rest;
    SetEnvironmentVariableW(name, next.c_str());
    return false;
  }
  if (!stays) SetEnvironmentVariableW(name, nullptr);
  return true;
}

}  // namespace epm

#endif
