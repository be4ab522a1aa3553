// epmprobe.exe: tells what it was started with. See README.md.
#include "windows_headers.h"

#include <shellapi.h>

#include <cstdlib>
#include <cwchar>
#include <optional>

#include "command_text.h"
#include "failure.h"
#include "handle.h"
#include "json_writer.h"
#include "privileges.h"
#include "profile_report.h"
#include "system_function.h"
#include "token_facts.h"

#if defined(__MINGW32__)
// The run-time must show the vector as it came, not with wildcards replaced.
extern "C" {
int _dowildcard = 0;
}
#endif

namespace {

struct Spawned {
  DWORD error = ERROR_SUCCESS;
  DWORD process_id = 0;
  std::optional<DWORD> exit_code;
};

// How a program may try to start another one past whoever watches its tree.
enum class Way { plain, debugged, hidden, away };

// The debugger of a child that lets it run.
void debug_until_end(DWORD process_id) {
  DEBUG_EVENT event{};
  while (WaitForDebugEvent(&event, 10000)) {
    const bool is_end = event.dwDebugEventCode == EXIT_PROCESS_DEBUG_EVENT && event.dwProcessId == process_id;
    ContinueDebugEvent(event.dwProcessId, event.dwThreadId, DBG_CONTINUE);
    if (is_end) return;
  }
}

// Children of this process do not get its debugger any more (PROCESS_DEBUG_INHERIT taken away).
DWORD hide_children() {
  using SetFunction = LONG(WINAPI*)(HANDLE, ULONG, void*, ULONG);
  constexpr ULONG process_debug_flags = 31;
  const auto set = epm::system_function<SetFunction>(L"ntdll.dll", "NtSetInformationProcess");
  ULONG none = 0;
  return set && set(GetCurrentProcess(), process_debug_flags, &none, sizeof(none)) >= 0 ? ERROR_SUCCESS
                                                                                        : ERROR_NOT_SUPPORTED;
}

DWORD flags_of(Way way) {
  if (way == Way::debugged) return DEBUG_ONLY_THIS_PROCESS;
  return way == Way::away ? CREATE_BREAKAWAY_FROM_JOB : 0;
}

Spawned spawn(const std::vector<std::wstring>& arguments, Way way) {
  Spawned result;
  std::wstring line = bed::command_line(arguments);
  STARTUPINFOW startup{};
  startup.cb = sizeof(startup);
  PROCESS_INFORMATION information{};
  if (way == Way::hidden) result.error = hide_children();
  if (result.error != ERROR_SUCCESS) return result;
  if (!CreateProcessW(nullptr, line.data(), nullptr, nullptr, FALSE, flags_of(way), nullptr, nullptr, &startup,
                      &information)) {
    result.error = GetLastError();
    return result;
  }
  if (way == Way::debugged) debug_until_end(information.dwProcessId);
  const epm::Handle process(information.hProcess);
  const epm::Handle thread(information.hThread);
  result.process_id = information.dwProcessId;
  DWORD code = 0;
  if (WaitForSingleObject(process.get(), 10000) == WAIT_OBJECT_0 && GetExitCodeProcess(process.get(), &code)) {
    result.exit_code = code;
  }
  return result;
}

// PROCESS_BASIC_INFORMATION; the headers disagree on the names of its members.
struct BasicInformation {
  LONG exit_status;
  void* peb;
  ULONG_PTR affinity;
  LONG base_priority;
  ULONG_PTR process_id;
  ULONG_PTR parent;
};

DWORD parent_process_id() {
  using QueryFunction = LONG(WINAPI*)(HANDLE, ULONG, void*, ULONG, ULONG*);
  const auto query = epm::system_function<QueryFunction>(L"ntdll.dll", "NtQueryInformationProcess");
  BasicInformation information{};
  if (!query || query(GetCurrentProcess(), 0, &information, sizeof(information), nullptr) < 0) return 0;
  return static_cast<DWORD>(information.parent);
}

std::wstring image_path() {
  std::wstring path(32768, L'\0');
  path.resize(GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size())));
  return path;
}

std::wstring current_directory() {
  std::wstring path(32768, L'\0');
  path.resize(GetCurrentDirectoryW(static_cast<DWORD>(path.size()), path.data()));
  return path;
}

void write_list(epm::JsonWriter& json, const char* name, wchar_t** values, int count) {
  json.key(name);
  json.begin_array();
  for (int i = 0; i < count; ++i) json.value(values[i]);
  json.end_array();
}

void write_environment(epm::JsonWriter& json) {
  json.key("environment");
  json.begin_array();
  wchar_t* const all = GetEnvironmentStringsW();
  for (const wchar_t* entry = all; entry && *entry; entry += std::wcslen(entry) + 1) json.value(entry);
  if (all) FreeEnvironmentStringsW(all);
  json.end_array();
}

// Those of the named privileges that this program can enable for itself, as an installer of drivers does it.
void write_enabled(epm::JsonWriter& json, int count, wchar_t** names) {
  json.key("enabled");
  json.begin_array();
  for (int i = 0; i < count; ++i) {
    try {
      epm::enable_own_privilege(names[i]);
      json.value(names[i]);
    } catch (const epm::Failure&) {
      // The token does not have it.
    }
  }
  json.end_array();
}

void wait_for_file(const wchar_t* path) {
  while (GetFileAttributesW(path) == INVALID_FILE_ATTRIBUTES) Sleep(50);
}

// How the window is to be shown, as whoever started it said.
void write_show_state(epm::JsonWriter& json) {
  STARTUPINFOW startup{};
  GetStartupInfoW(&startup);
  if (startup.dwFlags & STARTF_USESHOWWINDOW) json.member("show", static_cast<uint32_t>(startup.wShowWindow));
}

std::string report(int count, wchar_t** values, const std::optional<Spawned>& spawned) {
  epm::Handle token;
  epm::check(OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, token.receive()), "OpenProcessToken");
  int shell_count = 0;
  const epm::LocalPointer<wchar_t*> shell(CommandLineToArgvW(GetCommandLineW(), &shell_count));
  epm::JsonWriter json;
  json.begin_object();
  json.member("processId", static_cast<uint32_t>(GetCurrentProcessId()));
  json.member("parentProcessId", static_cast<uint32_t>(parent_process_id()));
  json.member("image", image_path());
  json.member("directory", current_directory());
  json.member("commandLine", GetCommandLineW());
  write_show_state(json);
  write_list(json, "arguments", shell.get(), shell ? shell_count : 0);
  write_list(json, "crtArguments", values, count);
  write_environment(json);
  json.key("token");
  epm::write_token_facts(json, token.get());
  if (spawned) {
    json.key("spawn");
    json.begin_object();
    json.member("error", static_cast<uint32_t>(spawned->error));
    json.member("processId", static_cast<uint32_t>(spawned->process_id));
    if (spawned->exit_code) {
      json.member("exitCode", static_cast<uint32_t>(*spawned->exit_code));
    } else {
      json.null_member("exitCode");
    }
    json.end_object();
  }
  if (count > 3 && std::wstring(values[1]) == L"--profile") {
    json.key("profile");
    bed::write_profile(json, token.get(), values[2], values[3]);
  }
  if (count > 2 && std::wstring(values[1]) == L"--enable") write_enabled(json, count - 2, values + 2);
  if (count > 2 && std::wstring(values[1]) == L"--handles") {
    json.member("handles", bed::handles_of(std::wcstoul(values[2], nullptr, 10)));
  }
  json.end_object();
  return json.take() + "\n";
}

// Written beside and renamed, so that a reader never sees half a report.
void save(const std::string& text) {
  const std::wstring folder = L"C:\\ProgramData\\epm-probe";
  CreateDirectoryW(folder.c_str(), nullptr);
  const std::wstring path = folder + L"\\" + std::to_wstring(GetCurrentProcessId()) + L".json";
  const std::wstring unfinished = path + L".part";
  {
    const epm::Handle file(CreateFileW(unfinished.c_str(), GENERIC_WRITE, 0, nullptr, CREATE_ALWAYS, 0, nullptr));
    epm::check(static_cast<bool>(file), "CreateFileW");
    DWORD written = 0;
    epm::check(WriteFile(file.get(), text.data(), static_cast<DWORD>(text.size()), &written, nullptr), "WriteFile");
  }
  epm::check(MoveFileExW(unfinished.c_str(), path.c_str(), MOVEFILE_REPLACE_EXISTING), "MoveFileExW");
}

}  // namespace

int wmain(int count, wchar_t** values) {
  try {
    const std::wstring behaviour = count > 1 ? values[1] : L"";
    std::optional<Spawned> spawned;
    if (behaviour == L"--spawn" && count > 2) spawned = spawn({values + 2, values + count}, Way::plain);
    if (behaviour == L"--spawn-after" && count > 3) {
      wait_for_file(values[2]);
      spawned = spawn({values + 3, values + count}, Way::plain);
    }
    if (behaviour == L"--spawn-debugged" && count > 2) spawned = spawn({values + 2, values + count}, Way::debugged);
    if (behaviour == L"--spawn-hidden" && count > 2) spawned = spawn({values + 2, values + count}, Way::hidden);
    if (behaviour == L"--spawn-away" && count > 2) spawned = spawn({values + 2, values + count}, Way::away);
    if (behaviour == L"--spawn-many" && count > 3) {
      for (unsigned long left = std::wcstoul(values[2], nullptr, 10); left > 0; --left)
        spawned = spawn({values + 3, values + count}, Way::plain);
    }
    const std::string text = report(count, values, spawned);
    save(text);
    bed::print(text);
    if (behaviour == L"--sleep" && count > 2) Sleep(std::wcstoul(values[2], nullptr, 10));
    if (behaviour == L"--until" && count > 2) wait_for_file(values[2]);
    if (behaviour == L"--profile" && count > 4) Sleep(std::wcstoul(values[4], nullptr, 10));
    if (behaviour == L"--exit" && count > 2) return static_cast<int>(std::wcstoul(values[2], nullptr, 10));
    return 0;
  } catch (const epm::Failure& failure) {
    bed::print(failure.json() + "\n");
    return 250;
  }
}
