// epmstart.exe: starts a program as CreateProcessW of Windows does, which looks at "Image File Execution Options" first. Wine
// does not, so that part is played here; on Windows the program is only started.
//
//   epmstart [--show NUMBER] [--as TEXT] PATH [rest of the command line, untouched]
//
// --show: how its window is to be shown, as SW_MAXIMIZE. --as: what the command line has in the place of the path, without blanks. The exit code is that of what was started.
#include <string>
#include <string_view>

#include "failure.h"
#include "handle.h"
#include "platform.h"

namespace {

constexpr wchar_t options[] = L"SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Image File Execution Options\\";

class Key {
 public:
  Key(HKEY root, const std::wstring& name) {
    if (RegOpenKeyExW(root, name.c_str(), 0, KEY_READ | KEY_WOW64_64KEY, &key_) != ERROR_SUCCESS) key_ = nullptr;
  }
  ~Key() {
    if (key_) RegCloseKey(key_);
  }
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;

  HKEY get() const { return key_; }
  std::wstring text(const wchar_t* name) const {
    wchar_t data[1024];
    DWORD length = sizeof(data);
    if (!key_ || RegGetValueW(key_, nullptr, name, RRF_RT_REG_SZ, nullptr, data, &length) != ERROR_SUCCESS) return {};
    return data;
  }
  DWORD number(const wchar_t* name) const {
    DWORD data = 0;
    DWORD length = sizeof(data);
    if (!key_ || RegGetValueW(key_, nullptr, name, RRF_RT_REG_DWORD, nullptr, &data, &length) != ERROR_SUCCESS)
      return 0;
    return data;
  }

 private:
  HKEY key_ = nullptr;
};

// The subkey whose path is that of the program has all values of the name then; without one those of the name count.
std::wstring debugger_for(const std::wstring& path) {
  const Key key(HKEY_LOCAL_MACHINE, options + path.substr(path.find_last_of(L'\\') + 1));
  if (key.number(L"UseFilter") != 0) {
    wchar_t name[256];
    DWORD length = ARRAYSIZE(name);
    for (DWORD index = 0; RegEnumKeyExW(key.get(), index, name, &length, nullptr, nullptr, nullptr, nullptr) == 0;
         index += 1, length = ARRAYSIZE(name)) {
      const Key filter(key.get(), name);
      if (_wcsicmp(filter.text(L"FilterFullPath").c_str(), path.c_str()) == 0) return filter.text(L"Debugger");
    }
  }
  return key.text(L"Debugger");
}

// Takes one word, quoted or not, off the front.
std::wstring take_word(std::wstring_view& text) {
  while (!text.empty() && text.front() == L' ') text.remove_prefix(1);
  const bool quoted = !text.empty() && text.front() == L'"';
  const size_t end = quoted ? text.find(L'"', 1) : text.find(L' ');
  const std::wstring word(text.substr(quoted ? 1 : 0, end == std::wstring_view::npos ? end : end - (quoted ? 1 : 0)));
  text.remove_prefix(end == std::wstring_view::npos ? text.size() : end + (quoted ? 1 : 0));
  return word;
}

DWORD start(std::wstring_view text) {
  take_word(text);
  std::wstring path = take_word(text);
  std::wstring program;
  std::wstring show;
  if (path == L"--show") {
    show = take_word(text);
    path = take_word(text);
  }
  if (path == L"--as") {
    program = take_word(text);
    path = take_word(text);
  }
  std::wstring command_line = (program.empty() ? L"\"" + path + L"\"" : program) + std::wstring(text);
  const std::wstring debugger = epm::is_wine() ? debugger_for(path) : std::wstring();
  if (!debugger.empty()) command_line = debugger + L" " + command_line;
  STARTUPINFOW startup{};
  GetStartupInfoW(&startup);
  startup.lpReserved = nullptr;
  if (!show.empty()) {
    startup.dwFlags |= STARTF_USESHOWWINDOW;
    startup.wShowWindow = static_cast<WORD>(std::stoul(show));
  }
  PROCESS_INFORMATION information{};
  epm::check(CreateProcessW(debugger.empty() ? path.c_str() : nullptr, command_line.data(), nullptr, nullptr, TRUE, 0,
                            nullptr, nullptr, &startup, &information),
             "CreateProcessW");
  const epm::Handle process(information.hProcess);
  const epm::Handle thread(information.hThread);
  DWORD exit_code = 0;
  epm::check(WaitForSingleObject(process.get(), INFINITE) == WAIT_OBJECT_0, "WaitForSingleObject");
  epm::check(GetExitCodeProcess(process.get(), &exit_code), "GetExitCodeProcess");
  return exit_code;
}

}  // namespace

int wmain() {
  try {
    return static_cast<int>(start(GetCommandLineW()));
  } catch (const epm::Failure& failure) {
    return static_cast<int>(failure.win32);
  }
}
