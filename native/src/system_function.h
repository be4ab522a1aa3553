// Functions that some supported system lacks are found at run time, in System32 and nowhere else.
#pragma once

#include <cstring>

#include "windows_headers.h"

namespace epm {

// Null when the DLL or the function is missing. The DLL stays loaded for the life of the process.
template <typename Function>
Function system_function(const wchar_t* dll, const char* name) {
  const HMODULE module = LoadLibraryExW(dll, nullptr, LOAD_LIBRARY_SEARCH_SYSTEM32);
  if (!module) return nullptr;
  const FARPROC address = GetProcAddress(module, name);
  Function function = nullptr;
  static_assert(sizeof(function) == sizeof(address));
  std::memcpy(&function, &address, sizeof(function));
  return function;
}

}  // namespace epm
