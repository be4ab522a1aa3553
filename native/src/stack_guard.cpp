// What -fstack-protector-strong needs of its run-time library, in the place of GCC's libssp: that one asks
// CryptAcquireContext for its random number, for which every process loads the libraries of a provider while it starts
// (under Wine user32.dll and gdi32.dll as well). Names and types are fixed by the compiler (gcc/targhooks.cc).
#include <cstdint>

#include "windows_headers.h"

// RtlGenRandom, which advapi32 exports under this name (ntsecapi.h).
extern "C" BOOLEAN NTAPI SystemFunction036(void* buffer, ULONG length);

extern "C" {

// Until it is drawn, and should that ever fail: bytes that end a text, so that no text can write it.
uintptr_t __stack_chk_guard = 0xff0a0d0000000000;

// __fastfail, as programs of MSVC end then: no handler of this process runs.
[[noreturn]] void __stack_chk_fail() {
  __asm__ volatile("int $0x29" : : "c"(FAST_FAIL_STACK_COOKIE_CHECK_FAILURE));
  __builtin_unreachable();
}

}  // extern "C"

namespace {

// Before every other constructor. Its own frame has no guard, for the value changes meanwhile.
__attribute__((constructor(101), no_stack_protector)) void draw_stack_guard() {
  uintptr_t drawn = 0;
  if (!SystemFunction036(&drawn, sizeof(drawn)) || drawn == 0) return;
  __stack_chk_guard = drawn;
}

}  // namespace
