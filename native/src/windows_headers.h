// windows.h in one form for every file. The build defines UNICODE, NOMINMAX and _WIN32_WINNT.
#pragma once

#include <windows.h>

#include <cstdint>
#include <string>

namespace epm {

using NtStatus = LONG;

inline bool nt_success(NtStatus status) { return status >= 0; }

// The interface takes char16_t, Win32 takes wchar_t; on Windows both are one UTF-16 unit.
static_assert(sizeof(wchar_t) == sizeof(char16_t));
inline const wchar_t* wide(const char16_t* text) { return text ? reinterpret_cast<const wchar_t*>(text) : L""; }

}  // namespace epm
