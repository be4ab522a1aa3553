#include "process_memory.h"

#include <winternl.h>

#include <cstring>
#include <vector>

#include "process_query.h"

namespace broker {

DWORD parent_of(HANDLE process) {
  epm::ProcessBasics information{};
  if (epm::query_process(process, information) < 0) return 0;
  return static_cast<DWORD>(information.parent);
}

namespace {

// What Windows 8.1 and later say themselves.
std::optional<std::wstring> told_command_line(HANDLE process) {
  // UNICODE_STRING, and what it points to: at most 65,534 bytes.
  std::vector<uint8_t> buffer(sizeof(UNICODE_STRING) + 0x10000);
  const auto size = static_cast<ULONG>(buffer.size());
  if (epm::query_process(process, epm::ProcessQuery::command_line, buffer.data(), size) < 0) return std::nullopt;
  UNICODE_STRING text{};
  std::memcpy(&text, buffer.data(), sizeof(text));
  const auto start = reinterpret_cast<uintptr_t>(text.Buffer);
  const auto base = reinterpret_cast<uintptr_t>(buffer.data());
  if (start < base + sizeof(text) || start > base + buffer.size() || text.Length > base + buffer.size() - start) {
    return std::nullopt;
  }
  return std::wstring(text.Buffer, text.Length / sizeof(wchar_t));
}

template <typename T>
bool read(HANDLE process, uint64_t address, T& value) {
  SIZE_T length = 0;
  return ReadProcessMemory(process, reinterpret_cast<const void*>(static_cast<uintptr_t>(address)), &value,
                           sizeof(value), &length) &&
         length == sizeof(value);
}

// From the process, as its creator put it there. Wine has no other way.
std::optional<std::wstring> read_command_line(HANDLE process) {
  constexpr uint64_t parameters_offset = 0x20;    // PEB.ProcessParameters
  constexpr uint64_t command_line_offset = 0x70;  // RTL_USER_PROCESS_PARAMETERS.CommandLine
  epm::ProcessBasics information{};
  if (epm::query_process(process, information) < 0) return std::nullopt;
  uint64_t parameters = 0;
  UNICODE_STRING text{};
  if (!read(process, reinterpret_cast<uintptr_t>(information.peb) + parameters_offset, parameters) ||
      !read(process, parameters + command_line_offset, text)) {
    return std::nullopt;
  }
  std::wstring line(text.Length / sizeof(wchar_t), L'\0');
  SIZE_T length = 0;
  if (!ReadProcessMemory(process, text.Buffer, line.data(), line.size() * sizeof(wchar_t), &length) ||
      length != line.size() * sizeof(wchar_t)) {
    return std::nullopt;
  }
  return line;
}

}  // namespace

std::optional<std::wstring> command_line_of(HANDLE process) {
  const auto told = told_command_line(process);
  return told ? told : read_command_line(process);
}

}  // namespace broker
