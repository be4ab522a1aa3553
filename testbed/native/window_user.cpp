// epmwindow.exe: what a person does at a window, played by a program of the same user: reads it as a screen reader does (MSAA)
// and types (SendInput). One step an argument, in this order:
//
//   desktop:PREFIX    waits until what is typed goes to a desktop of which the name begins so, and goes on there (60 s); first
//                     step only
//   input:PREFIX      waits until what is typed goes to a desktop of which the name begins so (60 s)
//   switch:NAME       has what is typed go to the desktop
//   wait:CLASS        waits until a window of the class is shown (60 s)
//   see:CLASS         waits until a window of the class is shown, and leaves it where it is (60 s)
//   own               makes a window of its own with a field, to which what is typed goes
//   typed:TEXT        waits until the text of that field is this, and its window is still in front (60 s)
//   gone              waits until it is gone (60 s)
//   enabled:ID        waits until the control with the identifier is enabled (60 s)
//   text:ID,TEXT      waits until the text of the control contains it (60 s)
//   menu              waits until a menu is open (60 s)
//   read              writes {"title":s,"controls":[{"id":n,"class":s,"name":s,"role":n,"key":s,"enabled":b,"focused":b}]}
//   type:TEXT         types the text
//   key:NAME          tab, backtab, enter, escape, space, down, or alt+LETTER
//   post:MSG,WPARAM   posts a message to the window, as Windows would send it
//   token             writes what the token of the window's process is
//   end               ends the process of the window
//   endall:NAME       ends every process of the program
//   tell              writes a line, so that a reader knows when what stands before is done
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "failure.h"
#include "handle.h"
#include "json_writer.h"
#include "token_facts.h"

// After windows.h, which they need.
#include <initguid.h>
#include <oleacc.h>
#include <tlhelp32.h>

namespace {

constexpr ULONGLONG patience = 60000;
HWND target = nullptr;

struct Search {
  const wchar_t* type;
  HWND found;
};

BOOL CALLBACK match(HWND window, LPARAM data) {
  auto& search = *reinterpret_cast<Search*>(data);
  wchar_t type[64];
  GetClassNameW(window, type, 64);
  if (wcscmp(type, search.type) != 0 || !IsWindowVisible(window)) return TRUE;
  search.found = window;
  return FALSE;
}

template <typename Condition>
void wait_until(Condition condition, const char* what) {
  for (const ULONGLONG end = GetTickCount64() + patience; !condition();) {
    if (GetTickCount64() >= end) epm::fail(what, ERROR_TIMEOUT);
    Sleep(20);
  }
}

std::wstring desktop_name(HDESK desktop) {
  wchar_t name[256] = {};
  DWORD size = 0;
  epm::check(GetUserObjectInformationW(desktop, UOI_NAME, name, sizeof(name) - sizeof(wchar_t), &size),
             "GetUserObjectInformationW");
  return name;
}

// Of the desktop that what is typed goes to; empty where it cannot be told.
std::wstring input_name() {
  const HDESK desktop = OpenInputDesktop(0, FALSE, DESKTOP_READOBJECTS);
  if (!desktop) return {};
  const std::wstring name = desktop_name(desktop);
  CloseDesktop(desktop);
  return name;
}

bool is_input(const std::wstring& prefix) { return input_name().rfind(prefix, 0) == 0; }

// That of an earlier question may still be there, and nobody can type on it any more.
void go_to_desktop(const std::wstring& prefix) {
  std::wstring name;
  wait_until(
      [&] {
        name = input_name();
        if (name.empty() && GetLastError() == ERROR_ACCESS_DENIED) epm::fail("OpenInputDesktop", ERROR_ACCESS_DENIED);
        return name.rfind(prefix, 0) == 0;
      },
      "desktop");
  const HDESK desktop = OpenDesktopW(name.c_str(), 0, FALSE, GENERIC_ALL);
  epm::check(desktop != nullptr, "OpenDesktopW");
  epm::check(SetThreadDesktop(desktop), "SetThreadDesktop");
}

bool has_focus() {
  GUITHREADINFO info{};
  info.cbSize = sizeof(info);
  return GetGUIThreadInfo(GetWindowThreadProcessId(target, nullptr), &info) && info.hwndFocus;
}

HWND control(int id) {
  struct Find {
    int id;
    HWND found;
  } find{id, nullptr};
  EnumChildWindows(
      target,
      [](HWND child, LPARAM data) -> BOOL {
        auto& wanted = *reinterpret_cast<Find*>(data);
        if (GetDlgCtrlID(child) != wanted.id) return TRUE;
        wanted.found = child;
        return FALSE;
      },
      reinterpret_cast<LPARAM>(&find));
  return find.found;
}

std::wstring taken(BSTR text) {
  if (!text) return {};
  std::wstring copy(text, SysStringLen(text));
  SysFreeString(text);
  return copy;
}

HWND found_window(const wchar_t* type) {
  Search search{type, nullptr};
  wait_until(
      [&] {
        EnumWindows(match, reinterpret_cast<LPARAM>(&search));
        return search.found != nullptr;
      },
      "window");
  return search.found;
}

// A window that somebody works in, in a thread of its own, which answers what Windows says to it.
struct OwnWindow {
  HWND window = nullptr;
  HWND field = nullptr;
} own;

DWORD WINAPI show_own(void*) {
  const HWND window = CreateWindowExW(0, L"STATIC", L"own", WS_OVERLAPPEDWINDOW | WS_VISIBLE, 0, 0, 400, 200, nullptr,
                                      nullptr, nullptr, nullptr);
  own.field =
      CreateWindowExW(0, L"EDIT", L"", WS_CHILD | WS_VISIBLE, 0, 0, 380, 100, window, nullptr, nullptr, nullptr);
  SetForegroundWindow(window);
  SetFocus(own.field);
  own.window = window;
  MSG message{};
  while (GetMessageW(&message, nullptr, 0, 0) > 0) {
    TranslateMessage(&message);
    DispatchMessageW(&message);
  }
  return 0;
}

void make_own() {
  const epm::Handle thread(CreateThread(nullptr, 0, show_own, nullptr, 0, nullptr));
  epm::check(static_cast<bool>(thread), "CreateThread");
  wait_until([] { return own.window && GetForegroundWindow() == own.window; }, "own");
}

void wait_typed(const std::wstring& wanted) {
  wait_until(
      [&] {
        wchar_t text[512] = {};
        SendMessageW(own.field, WM_GETTEXT, 512, reinterpret_cast<LPARAM>(text));
        return wanted == text;
      },
      "typed");
  if (GetForegroundWindow() != own.window) epm::fail("foreground", ERROR_INVALID_WINDOW_HANDLE);
}

BOOL CALLBACK write_control(HWND child, LPARAM data) {
  auto& json = *reinterpret_cast<epm::JsonWriter*>(data);
  wchar_t type[64];
  GetClassNameW(child, type, 64);
  if (!IsWindowVisible(child)) return TRUE;
  IAccessible* accessible = nullptr;
  if (FAILED(AccessibleObjectFromWindow(child, static_cast<DWORD>(OBJID_CLIENT), IID_IAccessible,
                                        reinterpret_cast<void**>(&accessible)))) {
    return TRUE;
  }
  VARIANT self{};
  self.vt = VT_I4;
  self.lVal = CHILDID_SELF;
  BSTR name = nullptr;
  BSTR key = nullptr;
  VARIANT role{};
  VARIANT state{};
  accessible->get_accName(self, &name);
  accessible->get_accKeyboardShortcut(self, &key);
  accessible->get_accRole(self, &role);
  accessible->get_accState(self, &state);
  accessible->Release();
  const DWORD states = state.vt == VT_I4 ? static_cast<DWORD>(state.lVal) : 0;
  json.begin_object();
  json.member("id", static_cast<uint32_t>(GetDlgCtrlID(child)));
  json.member("class", std::wstring(type));
  json.member("name", taken(name));
  json.member("role", static_cast<uint32_t>(role.vt == VT_I4 ? role.lVal : 0));
  json.member("key", taken(key));
  json.member("enabled", (states & STATE_SYSTEM_UNAVAILABLE) == 0);
  json.member("focused", (states & STATE_SYSTEM_FOCUSED) != 0);
  json.end_object();
  return TRUE;
}

void write_line(epm::JsonWriter& json) {
  const std::string line = json.take() + "\n";
  DWORD written = 0;
  epm::check(
      WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), line.data(), static_cast<DWORD>(line.size()), &written, nullptr),
      "WriteFile");
}

void read_window() {
  wchar_t title[256];
  GetWindowTextW(target, title, 256);
  epm::JsonWriter json;
  json.begin_object();
  json.member("title", std::wstring(title));
  json.key("controls");
  json.begin_array();
  EnumChildWindows(target, write_control, reinterpret_cast<LPARAM>(&json));
  json.end_array();
  json.end_object();
  write_line(json);
}

void write_token() {
  DWORD process_id = 0;
  GetWindowThreadProcessId(target, &process_id);
  const epm::Handle process(OpenProcess(PROCESS_QUERY_INFORMATION, FALSE, process_id));
  epm::check(static_cast<bool>(process), "OpenProcess");
  epm::Handle token;
  epm::check(OpenProcessToken(process.get(), TOKEN_QUERY | TOKEN_QUERY_SOURCE, token.receive()), "OpenProcessToken");
  epm::JsonWriter json;
  epm::write_token_facts(json, token.get());
  write_line(json);
}

void end_process(DWORD process_id) {
  const epm::Handle process(OpenProcess(PROCESS_TERMINATE, FALSE, process_id));
  epm::check(static_cast<bool>(process), "OpenProcess");
  epm::check(TerminateProcess(process.get(), 0), "TerminateProcess");
}

void end_all(const wchar_t* program) {
  const epm::Handle snapshot(CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0));
  PROCESSENTRY32W entry{};
  entry.dwSize = sizeof(entry);
  bool found = false;
  for (BOOL more = Process32FirstW(snapshot.get(), &entry); more; more = Process32NextW(snapshot.get(), &entry)) {
    if (_wcsicmp(entry.szExeFile, program) != 0) continue;
    end_process(entry.th32ProcessID);
    found = true;
  }
  if (!found) epm::fail("endall", ERROR_NOT_FOUND);
}

void press(WORD key, bool up, DWORD flags = 0) {
  INPUT input{};
  input.type = INPUT_KEYBOARD;
  if (flags & KEYEVENTF_UNICODE) {
    input.ki.wScan = key;
  } else {
    input.ki.wVk = key;
  }
  input.ki.dwFlags = flags | (up ? KEYEVENTF_KEYUP : 0);
  if (SendInput(1, &input, sizeof(input)) == 1) return;
  const DWORD error = GetLastError();
  // What was pressed may have been the answer: its desktop is taken away before the key comes up.
  if (!up || error != ERROR_ACCESS_DENIED) epm::fail("SendInput", error);
}

void stroke(WORD key) {
  press(key, false);
  press(key, true);
  Sleep(30);
}

void press_named(const std::wstring& name) {
  struct Named {
    const wchar_t* name;
    WORD key;
  };
  constexpr Named keys[] = {
      {L"tab", VK_TAB}, {L"enter", VK_RETURN}, {L"escape", VK_ESCAPE}, {L"space", VK_SPACE}, {L"down", VK_DOWN}};
  for (const Named& each : keys) {
    if (name == each.name) return stroke(each.key);
  }
  if (name == L"backtab") {
    press(VK_SHIFT, false);
    stroke(VK_TAB);
    return press(VK_SHIFT, true);
  }
  if (name.rfind(L"alt+", 0) != 0 || name.size() != 5) epm::fail("key", ERROR_INVALID_PARAMETER);
  press(VK_MENU, false);
  stroke(static_cast<WORD>(VkKeyScanW(name[4]) & 0xFF));
  press(VK_MENU, true);
}

void step(const std::wstring& word) {
  const size_t colon = word.find(L':');
  const std::wstring name = word.substr(0, colon);
  const std::wstring value = colon == std::wstring::npos ? std::wstring() : word.substr(colon + 1);
  if (name == L"desktop") {
    go_to_desktop(value);
  } else if (name == L"input") {
    wait_until([&] { return is_input(value); }, "input");
  } else if (name == L"switch") {
    const HDESK desktop = OpenDesktopW(value.c_str(), 0, FALSE, DESKTOP_SWITCHDESKTOP);
    epm::check(desktop != nullptr, "OpenDesktopW");
    epm::check(SwitchDesktop(desktop), "SwitchDesktop");
  } else if (name == L"wait") {
    target = found_window(value.c_str());
    wait_until([] { return GetForegroundWindow() == target || SetForegroundWindow(target); }, "SetForegroundWindow");
    // A key that comes before the window has chosen its focus is nobody's.
    wait_until([] { return has_focus(); }, "focus");
  } else if (name == L"see") {
    target = found_window(value.c_str());
  } else if (name == L"own") {
    make_own();
  } else if (name == L"typed") {
    wait_typed(value);
  } else if (name == L"gone") {
    wait_until([] { return !IsWindow(target) || !IsWindowVisible(target); }, "gone");
  } else if (name == L"enabled") {
    const int id = std::stoi(value);
    wait_until([id] { return IsWindowEnabled(control(id)) != FALSE; }, "enabled");
  } else if (name == L"text") {
    const size_t comma = value.find(L',');
    const int id = std::stoi(value.substr(0, comma));
    const std::wstring wanted = value.substr(comma + 1);
    wait_until(
        [&] {
          wchar_t text[512] = {};
          GetWindowTextW(control(id), text, 512);
          return std::wstring(text).find(wanted) != std::wstring::npos;
        },
        "text");
  } else if (name == L"menu") {
    // The class of menus (Microsoft Learn, "About Window Classes").
    found_window(L"#32768");
  } else if (name == L"read") {
    read_window();
  } else if (name == L"type") {
    for (const wchar_t unit : value) {
      press(unit, false, KEYEVENTF_UNICODE);
      press(unit, true, KEYEVENTF_UNICODE);
      Sleep(5);
    }
  } else if (name == L"key") {
    press_named(value);
  } else if (name == L"post") {
    const size_t comma = value.find(L',');
    PostMessageW(target, static_cast<UINT>(std::stoul(value.substr(0, comma))), std::stoul(value.substr(comma + 1)), 0);
  } else if (name == L"token") {
    write_token();
  } else if (name == L"tell") {
    std::puts("done");
    std::fflush(stdout);
  } else if (name == L"end") {
    DWORD process_id = 0;
    GetWindowThreadProcessId(target, &process_id);
    end_process(process_id);
  } else if (name == L"endall") {
    end_all(value.c_str());
  } else {
    epm::fail("step", ERROR_INVALID_PARAMETER);
  }
}

}  // namespace

int wmain(int count, wchar_t** values) {
  HRESULT com = E_FAIL;
  try {
    for (int index = 1; index < count; ++index) {
      step(values[index]);
      // A thread with a window, as COM makes one, stays on its desktop.
      if (index == 1) com = CoInitializeEx(nullptr, COINIT_APARTMENTTHREADED);
    }
  } catch (const epm::Failure& failure) {
    std::fprintf(stderr, "%s\n", failure.json().c_str());
    return 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
  if (SUCCEEDED(com)) CoUninitialize();
  return 0;
}
