// Which platform this is, and which build.
#pragma once

#include "system_function.h"

namespace epm {

// Wine's ntdll exports wine_get_version; Windows' does not.
inline bool is_wine() {
  static const bool found = system_function<const char*(__cdecl*)()>(L"ntdll.dll", "wine_get_version") != nullptr;
  return found;
}

#if defined(EPM_TEST_BED)
inline constexpr bool is_test_build = true;
#else
inline constexpr bool is_test_build = false;
#endif

}  // namespace epm
