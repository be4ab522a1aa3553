// All values of a registry key by few calls of this library.
#pragma once

#include <cstdint>

#include "windows_headers.h"

namespace epm {

// Writes values from index `first` on, as epm_registry_values describes it. ERROR_SUCCESS, ERROR_NO_MORE_ITEMS or
// ERROR_MORE_DATA; throws Failure.
uint32_t registry_values(HKEY key, uint32_t first, uint8_t* out, uint32_t capacity, uint32_t* length);

}  // namespace epm
