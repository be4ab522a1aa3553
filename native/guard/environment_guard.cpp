// Runs before anything else in epm.exe: takes out of the environment what Node.js and OpenSSL would obey.
//
// Node takes compiled code from the folder that NODE_COMPILE_CACHE names, writes files where NODE_V8_COVERAGE says, and
// has many more such names; whoever can set a variable for an administrator would own every elevated epm.exe. Node has
// no switch against them, and reads some before the first line of the program.
//
// scripts/lib/guarded-node.mjs copies the section of this function into the executable and enters the program through
// it. The function therefore stands alone: no imports, no data of its own, nothing that is placed outside the section.
#include <intrin.h>
#include <stdint.h>

#if defined(_MSC_VER)
#define EPM_GUARD_SECTION __declspec(code_seg(".guard"))
#define EPM_INLINE __forceinline
#else
#define EPM_GUARD_SECTION __attribute__((section(".guard")))
#define EPM_INLINE inline __attribute__((always_inline))
#endif

namespace {

using Unit = volatile char16_t;

// Offsets for x64 (winternl.h has their places as reserved fields; ntpsapi of the public debugging symbols names them).
constexpr unsigned long kPebOfThread = 0x60;
constexpr uintptr_t kProcessParameters = 0x20;
constexpr uintptr_t kEnvironment = 0x80;

// Four UTF-16 units as one number: a text would be data, which lies in another section.
constexpr uint64_t four(const char (&text)[5]) {
  return static_cast<uint64_t>(text[0]) | static_cast<uint64_t>(text[1]) << 16 | static_cast<uint64_t>(text[2]) << 32 |
         static_cast<uint64_t>(text[3]) << 48;
}
constexpr uint64_t kThree = 0x0000'FFFF'FFFF'FFFF;

// Names of variables have no case. U+017F is the one character beyond ASCII whose capital is a letter of these names.
EPM_INLINE uint64_t upper(char16_t unit) {
  if (unit >= u'a' && unit <= u'z') return static_cast<uint64_t>(unit - 0x20);
  return unit == 0x017F ? u'S' : unit;
}

// The first four letters decide: NODE_, OPENSSL_, OSSL_, QLOGDIR, SSL_ and SSLKEYLOGFILE, UV_, WATCH_REPORT_. What else
// begins so is nothing that epm.exe needs.
EPM_INLINE bool is_obeyed(Unit* name) {
  uint64_t units = 0;
  for (unsigned shift = 0; shift < 64 && *name != 0; shift += 16, ++name) units |= upper(*name) << shift;
  if (units == four("NODE") || units == four("OPEN") || units == four("OSSL")) return true;
  if (units == four("QLOG") || units == four("WATC")) return true;
  const uint64_t three = units & kThree;
  return three == (four("SSL ") & kThree) || three == (four("UV_ ") & kThree);
}

}  // namespace

extern "C" EPM_GUARD_SECTION void epm_guard_environment() {
  const uintptr_t peb = __readgsqword(kPebOfThread);
  const uintptr_t parameters = *reinterpret_cast<uintptr_t*>(peb + kProcessParameters);
  Unit* from = *reinterpret_cast<Unit**>(parameters + kEnvironment);
  if (from == nullptr) return;
  // One text after the other, each ended by a zero; an empty one ends them. What stays moves up.
  Unit* to = from;
  while (*from != 0) {
    const bool stays = !is_obeyed(from);
    char16_t unit;
    do {
      unit = *from++;
      if (stays) *to++ = unit;
    } while (unit != 0);
  }
  *to++ = 0;
  *to = 0;
}
