#include "verb.h"

#include <commdlg.h>

#include <vector>

#include "agent_answer.h"
#include "command_line.h"
#include "program_path.h"
#include "system_function.h"
#include "windows_headers.h"

namespace epm {

namespace {

constexpr wchar_t title[] = L"Run with elevated access";
constexpr DWORD max_path = 32767;

// The agent shows its own window for everything it answers. This one is for when it cannot.
void say(const wchar_t* text) {
  using Show = int(WINAPI*)(HWND, LPCWSTR, LPCWSTR, UINT);
  const auto show = system_function<Show>(L"user32.dll", "MessageBoxW");
  if (show) show(nullptr, text, title, MB_OK | MB_ICONWARNING | MB_SETFOREGROUND);
}

std::wstring choose_file() {
  using Choose = BOOL(WINAPI*)(OPENFILENAMEW*);
  const auto choose = system_function<Choose>(L"comdlg32.dll", "GetOpenFileNameW");
  if (!choose) return {};
  std::wstring path(max_path, L'\0');
  OPENFILENAMEW dialog{};
  dialog.lStructSize = sizeof(dialog);
  dialog.lpstrFilter = L"*.exe, *.msi, *.ps1\0*.exe;*.msi;*.ps1\0";
  dialog.lpstrFile = path.data();
  dialog.nMaxFile = max_path;
  dialog.lpstrTitle = title;
  dialog.Flags = OFN_FILEMUSTEXIST | OFN_HIDEREADONLY | OFN_NOCHANGEDIR | OFN_DONTADDTORECENT;
  if (!choose(&dialog)) return {};
  return path.c_str();
}

std::wstring folder_of(const std::wstring& path) { return path.substr(0, path.find_last_of(L'\\')); }

}  // namespace

DWORD elevate_by_verb(const std::wstring& rest) {
  std::vector<std::wstring> values = split_arguments(rest);
  if (values.empty()) values.push_back(choose_file());
  const std::wstring path = absolute_path(values.front());
  if (path.empty()) return ERROR_CANCELLED;
  values.erase(values.begin());
  const LaunchAnswer answer = ask_agent({path, values, folder_of(path), Trigger::verb});
  switch (answer.kind) {
    case LaunchAnswer::Kind::ended:
      return answer.exit_code;
    case LaunchAnswer::Kind::lifted:
    case LaunchAnswer::Kind::refused:
    case LaunchAnswer::Kind::not_managed:
      return ERROR_CANCELLED;
    case LaunchAnswer::Kind::lost:
      return ERROR_PROCESS_ABORTED;
    case LaunchAnswer::Kind::no_answer:
      break;
  }
  const std::wstring why(answer.why.begin(), answer.why.end());
  say((L"EPM does not answer, so the program was not started with administrator rights.\n\nTry again in a minute. If "
       L"it "
       L"stays so, tell your support: " +
       why)
          .c_str());
  return ERROR_SERVICE_NOT_ACTIVE;
}

}  // namespace epm
