// The one way a function of this library fails: which call, and what the system said.
#pragma once

#include <string>

#include "windows_headers.h"

namespace epm {

struct Failure {
  const char* step;  // name of the Win32 or native function, or of the check that failed
  DWORD win32;
  NtStatus status = 0;  // set when the call gave an NTSTATUS

  // {"step":...,"win32":n} or {"step":...,"ntstatus":n}
  std::string json() const;
};

[[noreturn]] void fail(const char* step, DWORD win32);
[[noreturn]] void fail_status(const char* step, NtStatus status);

// Throws with the last error when the result is false. A call that failed without setting an error counts as
// ERROR_GEN_FAILURE: it must never look like success.
void check(bool result, const char* step);
void check_status(NtStatus status, const char* step);
// For the functions that return their error.
void check_error(LSTATUS error, const char* step);

}  // namespace epm
