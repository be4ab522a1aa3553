// epmprobe.exe: tells what it was started with. See README.md.
#include "windows_headers.h"

#include <shellapi.h>

#include <cstdlib>
#include <cwchar>
#include <optional>

#include "attribute_list.h"
#include "command_text.h"
#include "failure.h"
#include "handle.h"
#include "json_writer.h"
#include "privileges.h"
#include "process_query.h"
#include "profile_report.h"
#include "security_text.h"
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
  double milliseconds = 0;  // of all that were started
};

// How a program may try to start another one past whoever watches its tree.
enum class Way { plain, debugged, hidden, away, nested, under };

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

// This process is from now on also in a job of its own, whose processes may leave it.
void enter_open_job() {
  const HANDLE job = CreateJobObjectW(nullptr, nullptr);  // as long as this process lives
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits{};
  limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_BREAKAWAY_OK | JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK;
  epm::check(job && SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof(limits)),
             "SetInformationJobObject");
  epm::check(AssignProcessToJobObject(job, GetCurrentProcess()), "AssignProcessToJobObject");
}

DWORD flags_of(Way way) {
  if (way == Way::debugged) return DEBUG_ONLY_THIS_PROCESS;
  if (way == Way::under) return EXTENDED_STARTUPINFO_PRESENT;
  return way == Way::away || way == Way::nested ? CREATE_BREAKAWAY_FROM_JOB : 0;
}

std::optional<Way> way_of(const std::wstring& behaviour) {
  static const std::pair<const wchar_t*, Way> ways[] = {
      {L"--spawn", Way::plain},     {L"--spawn-debugged", Way::debugged}, {L"--spawn-hidden", Way::hidden},
      {L"--spawn-away", Way::away}, {L"--spawn-nested", Way::nested},     {L"--spawn-under", Way::under}};
  for (const auto& [name, way] : ways) {
    if (behaviour == name) return way;
  }
  return std::nullopt;
}

DWORD parent_process_id() {
  epm::ProcessBasics information{};
  if (epm::query_process(GetCurrentProcess(), information) < 0) return 0;
  return static_cast<DWORD>(information.parent);
}

// The process that a child is to have as its parent: of a number, or this one's own.
epm::Handle parent_of(const std::wstring& text) {
  const DWORD id = text == L"parent" ? parent_process_id() : std::wcstoul(text.c_str(), nullptr, 10);
  epm::Handle parent(OpenProcess(PROCESS_CREATE_PROCESS, FALSE, id));
  epm::check(static_cast<bool>(parent), "OpenProcess");
  return parent;
}

// Way::under: the first argument is the parent.
Spawned spawn(std::vector<std::wstring> arguments, Way way) {
  Spawned result;
  epm::AttributeList attributes(1);
  STARTUPINFOEXW startup{};
  startup.StartupInfo.cb = sizeof(startup);
  epm::Handle parent;
  HANDLE value = nullptr;
  if (way == Way::under) {
    parent = parent_of(arguments.front());
    arguments.erase(arguments.begin());
    value = parent.get();
    epm::check(attributes.update(PROC_THREAD_ATTRIBUTE_PARENT_PROCESS, &value, sizeof(value)), "PARENT_PROCESS");
    startup.lpAttributeList = attributes.get();
  }
  std::wstring line = bed::command_line(arguments);
  PROCESS_INFORMATION information{};
  if (way == Way::hidden) result.error = hide_children();
  if (way == Way::nested) enter_open_job();
  if (result.error != ERROR_SUCCESS) return result;
  if (!CreateProcessW(nullptr, line.data(), nullptr, nullptr, FALSE, flags_of(way), nullptr, nullptr,
                      &startup.StartupInfo, &information)) {
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

struct Loaded {
  DWORD error = ERROR_SUCCESS;
  int code = 0;  // of epmbeside.dll; 0: it is another library
};

Loaded load(const wchar_t* path) {
  Loaded result;
  const HMODULE library = LoadLibraryW(path);
  if (!library) {
    result.error = GetLastError();
    return result;
  }
  const auto code = reinterpret_cast<int (*)()>(reinterpret_cast<void*>(GetProcAddress(library, "epm_beside_code")));
  if (code) result.code = code();
  return result;
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

// A mutex of the name, made as most programs do, without a word about who may open it.
void write_object(epm::JsonWriter& json, const wchar_t* name) {
  const epm::Handle mutex(CreateMutexW(nullptr, FALSE, name));
  const bool was_there = GetLastError() == ERROR_ALREADY_EXISTS;
  json.key("object");
  json.begin_object();
  json.member("wasThere", was_there);
  json.member("security", mutex ? epm::object_security(mutex.get()) : std::wstring());
  json.end_object();
}

std::string report(int count, wchar_t** values, const std::optional<Spawned>& spawned,
                   const std::optional<Loaded>& loaded) {
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
    json.member("milliseconds", static_cast<uint64_t>(spawned->milliseconds));
    json.end_object();
  }
  if (loaded) {
    json.key("load");
    json.begin_object();
    json.member("error", static_cast<uint32_t>(loaded->error));
    json.member("code", static_cast<uint32_t>(loaded->code));
    json.end_object();
  }
  if (count > 3 && std::wstring(values[1]) == L"--profile") {
    json.key("profile");
    bed::write_profile(json, token.get(), values[2], values[3]);
  }
  if (count > 2 && std::wstring(values[1]) == L"--enable") write_enabled(json, count - 2, values + 2);
  if (count > 2 && std::wstring(values[1]) == L"--object") write_object(json, values[2]);
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

double milliseconds() {
  LARGE_INTEGER frequency;
  LARGE_INTEGER now;
  QueryPerformanceFrequency(&frequency);
  QueryPerformanceCounter(&now);
  return 1000.0 * static_cast<double>(now.QuadPart) / static_cast<double>(frequency.QuadPart);
}

}  // namespace

int wmain(int count, wchar_t** values) {
  try {
    const bool holds = count > 3 && std::wstring(values[1]) == L"--hold";
    wchar_t** const words = holds ? values + 2 : values;
    const int left = holds ? count - 2 : count;
    const std::wstring behaviour = left > 1 ? words[1] : L"";
    std::optional<Spawned> spawned;
    const auto way = way_of(behaviour);
    if (way && left > (way == Way::under ? 3 : 2)) spawned = spawn({words + 2, words + left}, *way);
    if (behaviour == L"--spawn-after" && left > 3) {
      wait_for_file(words[2]);
      spawned = spawn({words + 3, words + left}, Way::plain);
    }
    if (behaviour == L"--spawn-many" && left > 3) {
      const double begin = milliseconds();
      for (unsigned long times = std::wcstoul(words[2], nullptr, 10); times > 0; --times)
        spawned = spawn({words + 3, words + left}, Way::plain);
      if (spawned) spawned->milliseconds = milliseconds() - begin;
    }
    std::optional<Loaded> loaded;
    if (behaviour == L"--load" && left > 2) loaded = load(words[2]);
    const std::string text = report(count, values, spawned, loaded);
    save(text);
    bed::print(text);
    if (holds) wait_for_file(values[2]);
    if (behaviour == L"--sleep" && left > 2) Sleep(std::wcstoul(words[2], nullptr, 10));
    if (behaviour == L"--until" && left > 2) wait_for_file(words[2]);
    if (behaviour == L"--profile" && left > 4) Sleep(std::wcstoul(words[4], nullptr, 10));
    if (behaviour == L"--exit" && left > 2) return static_cast<int>(std::wcstoul(words[2], nullptr, 10));
    return 0;
  } catch (const epm::Failure& failure) {
    bed::print(failure.json() + "\n");
    return 250;
  }
}
