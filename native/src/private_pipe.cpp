#include "private_pipe.h"

#include <array>
#include <string>

#include "failure.h"
#include "security_text.h"
#include "system_function.h"

namespace epm {

namespace {

// Only the system may open the pipes, and nobody has to: each has one instance, which is connected at once.
constexpr wchar_t pipe_sddl[] = L"O:SYG:SYD:P(A;;GA;;;SY)(A;;RC;;;OW)";
constexpr DWORD pipe_buffer = 32 * 1024;

// RtlGenRandom, which advapi32 exports under this name.
std::wstring random_name() {
  const auto generate = system_function<BOOLEAN(WINAPI*)(void*, ULONG)>(L"advapi32.dll", "SystemFunction036");
  std::array<BYTE, 16> bytes{};
  if (!generate || !generate(bytes.data(), static_cast<ULONG>(bytes.size()))) fail("RtlGenRandom", ERROR_GEN_FAILURE);
  constexpr wchar_t digits[] = L"0123456789abcdef";
  std::wstring name = L"\\\\.\\pipe\\EPM\\stream\\";
  for (const BYTE byte : bytes) {
    name += digits[byte >> 4];
    name += digits[byte & 15];
  }
  return name;
}

}  // namespace

Handle make_private_pipe(DWORD mode, Handle& child) {
  static const SecurityPointer descriptor = descriptor_from_sddl(pipe_sddl);
  SECURITY_ATTRIBUTES attributes{sizeof(attributes), descriptor.get(), FALSE};
  const std::wstring name = random_name();
  Handle pipe(CreateNamedPipeW(name.c_str(), mode | FILE_FLAG_OVERLAPPED | FILE_FLAG_FIRST_PIPE_INSTANCE,
                               PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS, 1,
                               pipe_buffer, pipe_buffer, 0, &attributes));
  check(static_cast<bool>(pipe), "CreateNamedPipeW");
  // As CreatePipe opens them: attributes are read by run-times that ask what kind of file it is.
  const DWORD access =
      mode == PIPE_ACCESS_INBOUND ? GENERIC_WRITE | FILE_READ_ATTRIBUTES : GENERIC_READ | FILE_WRITE_ATTRIBUTES;
  SECURITY_ATTRIBUTES inherited{sizeof(inherited), nullptr, TRUE};
  child = Handle(CreateFileW(name.c_str(), access, 0, &inherited, OPEN_EXISTING,
                             SECURITY_SQOS_PRESENT | SECURITY_ANONYMOUS, nullptr));
  check(static_cast<bool>(child), "CreateFileW");
  return pipe;
}

}  // namespace epm
