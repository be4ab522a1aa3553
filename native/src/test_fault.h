// Faults by call number, in the edition of the test bed only.
#pragma once

#if defined(EPM_TEST_BED)

#include <cstdlib>
#include <cstring>
#include <cwchar>
#include <string>
#include <utility>

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

// Writes down what was let fail, where the test reads it.
inline void report_fault(const char* step) {
  RegSetKeyValueA(HKEY_LOCAL_MACHINE, "SOFTWARE\\EPM Test Bed", "FailedCheck", REG_SZ, step,
                  static_cast<DWORD>(std::strlen(step) + 1));
}

// What the next broker, and no other one, is to fail at: entries of its environment.
inline std::wstring take_broker_faults() {
  constexpr std::pair<const wchar_t*, const wchar_t*> names[] = {{L"EPM_TEST_BROKER_CHECK", L"EPM_TEST_FAIL_CHECK"},
                                                                 {L"EPM_TEST_BROKER_FRAME", L"EPM_TEST_FAIL_FRAME"},
                                                                 {L"EPM_TEST_BROKER_FRAME_WAY", L"EPM_TEST_FRAME_WAY"}};
  std::wstring entries;
  for (const auto& [here, there] : names) {
    wchar_t text[32];
    const DWORD length = GetEnvironmentVariableW(here, text, 32);
    SetEnvironmentVariableW(here, nullptr);
    if (length == 0 || length >= 32) continue;
    entries += std::wstring(there) + L"=" + text;
    entries += L'\0';
  }
  return entries;
}

// How long a broker has to answer, which a test need not wait for.
inline DWORD broker_wait(DWORD usual_ms) {
  wchar_t text[16];
  const DWORD length = GetEnvironmentVariableW(L"EPM_TEST_BROKER_WAIT", text, 16);
  return length == 0 || length >= 16 ? usual_ms : static_cast<DWORD>(std::wcstoul(text, nullptr, 10));
}

}  // namespace epm

#endif
