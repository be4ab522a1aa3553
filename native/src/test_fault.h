// Faults by call number, in the edition of the test bed only.
#pragma once

#if defined(EPM_TEST_BED)

#include <cstdlib>

#include "windows_headers.h"

namespace epm {

// True when this call is to fail. The variable NAME=N makes the Nth call from then on fail, NAME=N+ all after it too.
inline bool is_told_to_fail(const wchar_t* name) {
  wchar_t text[16];
  const DWORD length = GetEnvironmentVariableW(name, text, 16);
  if (length == 0 || length >= 16) return false;
  wchar_t* end = nullptr;
  const unsigned long left = std::wcstoul(text, &end, 10);
  const bool stays = *end == L'+';
  if (left > 1) {
    const std::wstring next = std::to_wstring(left - 1) + (stays ? L"+" : L"");
    SetEnvironmentVariableW(name, next.c_str());
    return false;
  }
  if (!stays) SetEnvironmentVariableW(name, nullptr);
  return true;
}

}  // namespace epm

#endif
