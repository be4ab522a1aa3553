// What every exported function does around its work: no exception leaves the library, and text comes back as the
// interface promises.
#pragma once

#include <cstring>
#include <exception>
#include <string>

#include "failure.h"

namespace epm {

inline uint32_t give_bytes(const void* bytes, size_t size, void* out, uint32_t capacity, uint32_t* length) {
  if (!length || (!out && capacity != 0)) return ERROR_INVALID_PARAMETER;
  *length = static_cast<uint32_t>(size);
  if (size > capacity) return ERROR_INSUFFICIENT_BUFFER;
  if (size != 0) std::memcpy(out, bytes, size);
  return ERROR_SUCCESS;
}

inline uint32_t give_text(const std::string& text, char* out, uint32_t capacity, uint32_t* length) {
  return give_bytes(text.data(), text.size(), out, capacity, length);
}

// For functions without text.
template <typename Work>
uint32_t guarded(Work work) {
  try {
    return work();
  } catch (const Failure& failure) {
    return failure.win32;
  } catch (const std::exception&) {
    return ERROR_NOT_ENOUGH_MEMORY;
  }
}

// For functions with text; `work` returns it. A failure is described in its place.
template <typename Work>
uint32_t guarded_text(char* out, uint32_t capacity, uint32_t* length, Work work) {
  if (!length || (!out && capacity != 0)) return ERROR_INVALID_PARAMETER;
  *length = 0;
  try {
    return give_text(work(), out, capacity, length);
  } catch (const Failure& failure) {
    try {
      const std::string text = failure.json();
      if (give_text(text, out, capacity, length) != ERROR_SUCCESS) *length = 0;
    } catch (...) {
      *length = 0;
    }
    return failure.win32;
  } catch (const std::exception&) {
    return ERROR_NOT_ENOUGH_MEMORY;
  }
}

}  // namespace epm
