// The prompt of production builds.
#include "windows_headers.h"
// After windows.h, which they need.
#include <objbase.h>
#include <wincred.h>

#include <cstring>

#include "credential_prompt.h"
#include "failure.h"
#include "lsa_connection.h"
#include "platform.h"

namespace epm {

namespace {

using PromptFunction = DWORD(WINAPI*)(CREDUI_INFOW* info, DWORD error, ULONG* package, const void* in, ULONG in_size,
                                      void** out, ULONG* out_size, BOOL* save, DWORD flags);
using PackFunction = BOOL(WINAPI*)(DWORD flags, wchar_t* user, wchar_t* password, BYTE* packed, DWORD* size);
using FreeFunction = void(WINAPI*)(void* memory);

// The dialog comes with the name of the person filled in.
std::vector<BYTE> packed_name(const wchar_t* user) {
  const auto pack = system_function<PackFunction>(L"credui.dll", "CredPackAuthenticationBufferW");
  if (!pack || !*user) return {};
  std::wstring name(user);
  wchar_t empty[1] = {};
  DWORD size = 0;
  pack(0, name.data(), empty, nullptr, &size);
  std::vector<BYTE> packed(size);
  if (size == 0 || !pack(0, name.data(), empty, packed.data(), &size)) return {};
  packed.resize(size);
  return packed;
}

uint32_t negotiate() {
  const LsaConnection lsa(false);
  uint32_t number = 0;
  if (!lsa.find_package("Negotiate", number)) fail("LsaLookupAuthenticationPackage", ERROR_NO_SUCH_PACKAGE);
  return number;
}

}  // namespace

PromptAnswer prompt_for_credential(const PromptInput& input) {
  // Wine's dialog only pretends to be one.
  if (is_wine()) fail("wine_get_version", ERROR_NOT_SUPPORTED);
  const auto prompt = system_function<PromptFunction>(L"credui.dll", "CredUIPromptForWindowsCredentialsW");
  const auto release = system_function<FreeFunction>(L"ole32.dll", "CoTaskMemFree");
  if (!prompt || !release) fail("CredUIPromptForWindowsCredentialsW", ERROR_PROC_NOT_FOUND);
  CREDUI_INFOW info{sizeof(info), nullptr, input.message, input.caption, nullptr};
  const std::vector<BYTE> name = packed_name(input.user);
  ULONG package = negotiate();
  void* packed = nullptr;
  ULONG size = 0;
  const auto show = [&](DWORD flags) {
    return prompt(&info, input.error, &package, name.empty() ? nullptr : name.data(), static_cast<ULONG>(name.size()),
                  &packed, &size, nullptr, flags);
  };
  // On the desktop that programs of the person cannot reach, where this Windows has one for it.
  const DWORD who = input.as_person ? CREDUIWIN_ENUMERATE_CURRENT_USER : 0;
  DWORD error = show(who | CREDUIWIN_SECURE_PROMPT);
  if (error == ERROR_INVALID_FLAGS || error == ERROR_INVALID_PARAMETER || error == ERROR_NOT_SUPPORTED) {
    error = show(who);
  }
  if (error != ERROR_SUCCESS) fail("CredUIPromptForWindowsCredentialsW", error);
  PromptAnswer answer;
  answer.package = package;
  answer.buffer = SecretBytes(size);
  std::memcpy(answer.buffer.data(), packed, size);
  SecureZeroMemory(packed, size);
  release(packed);
  return answer;
}

}  // namespace epm
