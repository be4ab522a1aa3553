// epmconsole.exe: a console program that writes to its standard streams as tests ask for it. See README.md.
#include "windows_headers.h"

#include <cstdio>
#include <cstdlib>
#include <cwchar>
#include <string>
#include <vector>

#include "command_text.h"
#include "handle.h"
#include "json_writer.h"

namespace {

// False: nobody reads any more.
bool put(DWORD stream, const void* bytes, size_t length) {
  const char* from = static_cast<const char*>(bytes);
  while (length != 0) {
    DWORD written = 0;
    if (!WriteFile(GetStdHandle(stream), from, static_cast<DWORD>(length), &written, nullptr)) return false;
    from += written;
    length -= written;
  }
  return true;
}

bool put(DWORD stream, const std::string& text) { return put(stream, text.data(), text.size()); }

// Lines of 64 bytes with their number, 64 at once and in turns on both streams, so many bytes on each.
int write_both(unsigned long long bytes) {
  constexpr unsigned long long block = 64;
  for (unsigned long long line = 0; line < bytes / 64; line += block) {
    std::string texts[2];
    for (unsigned long long next = line; next < line + block && next < bytes / 64; ++next) {
      char text[65];
      std::snprintf(text, sizeof(text), "o%062llu\n", next);
      texts[0].append(text, 64);
      text[0] = 'e';
      texts[1].append(text, 64);
    }
    if (!put(STD_OUTPUT_HANDLE, texts[0]) || !put(STD_ERROR_HANDLE, texts[1])) return 9;
  }
  return 0;
}

// The text byte by byte: what belongs to one character arrives apart.
int write_apart(const std::vector<unsigned char>& bytes) {
  for (const unsigned char byte : bytes) {
    if (!put(STD_OUTPUT_HANDLE, &byte, 1)) return 9;
    Sleep(20);
  }
  return 0;
}

std::vector<unsigned char> encoded(const std::wstring& text, const std::wstring& encoding) {
  std::vector<unsigned char> bytes;
  if (encoding == L"utf16") {
    bytes = {0xff, 0xfe};
    for (const wchar_t unit : text) {
      bytes.push_back(static_cast<unsigned char>(unit & 0xff));
      bytes.push_back(static_cast<unsigned char>(unit >> 8));
    }
    return bytes;
  }
  const UINT page = encoding == L"oem" ? GetOEMCP() : static_cast<UINT>(CP_UTF8);
  const int length =
      WideCharToMultiByte(page, 0, text.data(), static_cast<int>(text.size()), nullptr, 0, nullptr, nullptr);
  bytes.resize(static_cast<size_t>(length));
  WideCharToMultiByte(page, 0, text.data(), static_cast<int>(text.size()), reinterpret_cast<char*>(bytes.data()),
                      length, nullptr, nullptr);
  if (encoding == L"utf8bom") bytes.insert(bytes.begin(), {0xef, 0xbb, 0xbf});
  return bytes;
}

int echo() {
  char buffer[4096];
  DWORD length = 0;
  while (ReadFile(GetStdHandle(STD_INPUT_HANDLE), buffer, sizeof(buffer), &length, nullptr) && length != 0) {
    if (!put(STD_OUTPUT_HANDLE, buffer, length)) return 9;
  }
  return put(STD_OUTPUT_HANDLE, "[end]\n") ? 0 : 9;
}

std::wstring own_path() {
  std::wstring path(32768, L'\0');
  path.resize(GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size())));
  return path;
}

std::wstring desktop_name() {
  wchar_t name[256]{};
  DWORD needed = 0;
  GetUserObjectInformationW(GetThreadDesktop(GetCurrentThreadId()), UOI_NAME, name, sizeof(name), &needed);
  return name;
}

// Every handle that another process could have given to this one: what kind of file it is, and its number.
int list() {
  epm::JsonWriter json;
  json.begin_object();
  json.member("desktop", desktop_name());
  wchar_t directory[1024]{};
  GetCurrentDirectoryW(1024, directory);
  json.member("directory", directory);
  json.member("hasWindow", GetConsoleWindow() != nullptr && IsWindowVisible(GetConsoleWindow()));
  json.key("standard");
  json.begin_array();
  for (const DWORD stream : {STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE}) {
    json.value(std::to_wstring(reinterpret_cast<uintptr_t>(GetStdHandle(stream))));
  }
  json.end_array();
  json.key("pipes");
  json.begin_array();
  for (uintptr_t number = 4; number < 4096; number += 4) {
    if (GetFileType(reinterpret_cast<HANDLE>(number)) == FILE_TYPE_PIPE) json.value(std::to_wstring(number));
  }
  json.end_array();
  json.key("files");
  json.begin_array();
  for (uintptr_t number = 4; number < 4096; number += 4) {
    if (GetFileType(reinterpret_cast<HANDLE>(number)) != FILE_TYPE_DISK) continue;
    wchar_t path[1024]{};
    GetFinalPathNameByHandleW(reinterpret_cast<HANDLE>(number), path, 1024, 0);
    json.value(path);
  }
  json.end_array();
  json.end_object();
  return put(STD_OUTPUT_HANDLE, json.take() + "\n") ? 0 : 9;
}

// Starts itself with other words, which inherits the standard streams, and does not wait.
int start_child(const std::wstring& self, const std::vector<std::wstring>& words, bool wait) {
  std::vector<std::wstring> all = {self};
  all.insert(all.end(), words.begin(), words.end());
  std::wstring line = bed::command_line(all);
  STARTUPINFOW startup{};
  startup.cb = sizeof(startup);
  PROCESS_INFORMATION information{};
  if (!CreateProcessW(self.c_str(), line.data(), nullptr, nullptr, TRUE, 0, nullptr, nullptr, &startup, &information)) {
    return 8;
  }
  const epm::Handle process(information.hProcess);
  const epm::Handle thread(information.hThread);
  if (wait) WaitForSingleObject(process.get(), INFINITE);
  return 0;
}

int run(const std::vector<std::wstring>& words) {
  const std::wstring action = words.size() > 1 ? words[1] : L"";
  const std::wstring value = words.size() > 2 ? words[2] : L"";
  if (action == L"write") return write_both(std::wcstoull(value.c_str(), nullptr, 10));
  if (action == L"text") return write_apart(encoded(words.size() > 3 ? words[3] + L"\r\n" : L"", value));
  if (action == L"echo") return echo();
  if (action == L"list") return list();
  if (action == L"exit") return static_cast<int>(std::wcstoul(value.c_str(), nullptr, 0));
  if (action == L"child" || action == L"tree") {
    // A tree runs on when nobody reads: whoever asks for one wants to see it ended.
    if (!put(STD_OUTPUT_HANDLE, "parent\n") && action == L"child") return 9;
    return start_child(own_path(), {words.begin() + 2, words.end()}, action == L"tree");
  }
  if (action == L"open-desktop") {
    const HDESK desktop = OpenDesktopW(value.c_str(), 0, FALSE, DESKTOP_READOBJECTS);
    const DWORD error = desktop ? ERROR_SUCCESS : GetLastError();
    if (desktop) CloseDesktop(desktop);
    return static_cast<int>(error);
  }
  if (action == L"late") {
    Sleep(std::wcstoul(value.c_str(), nullptr, 10));
    return put(STD_OUTPUT_HANDLE, "late\n") ? 0 : 9;
  }
  if (action == L"forever") {
    // Says something first, so that a test knows when it runs.
    put(STD_OUTPUT_HANDLE, "running\n");
    for (;;) Sleep(1000);
  }
  if (action == L"complain")
    return put(STD_ERROR_HANDLE, "this went wrong\n") && put(STD_OUTPUT_HANDLE, "done\n") ? 3 : 9;
  return 7;
}

}  // namespace

int wmain(int count, wchar_t** values) { return run({values, values + count}); }
