// Connections to the local security authority, and its authentication packages.
#pragma once

#include "windows_headers.h"
// After windows.h, which it needs.
#include <ntsecapi.h>

#include "failure.h"
#include "system_function.h"

namespace epm {

// A function of secur32.dll, found in System32 and nowhere else. Throws Failure when it is missing.
template <typename Function>
Function* lsa_function(const char* name) {
  const auto function = system_function<Function*>(L"secur32.dll", name);
  if (!function) fail(name, ERROR_PROC_NOT_FOUND);
  return function;
}

class LsaConnection {
 public:
  // trusted: as a logon process, which may add groups to a token; needs SeTcbPrivilege. Throws Failure.
  explicit LsaConnection(bool trusted);
  ~LsaConnection();
  LsaConnection(const LsaConnection&) = delete;
  LsaConnection& operator=(const LsaConnection&) = delete;

  HANDLE get() const { return handle_; }
  // False when this Windows has no such package.
  bool find_package(const char* name, uint32_t& number) const;

 private:
  HANDLE handle_ = nullptr;
};

LSA_STRING lsa_string(const char* text);

}  // namespace epm
