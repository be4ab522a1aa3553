#include "bed_console.h"

#include <string>

#include "command_text.h"
#include "failure.h"
#include "windows_headers.h"

namespace bed {

namespace {

// Wide enough for the tables of PowerShell, as pwsh itself assumes it where there is no console at all.
constexpr COORD size{120, 300};
constexpr DWORD look_every_ms = 50;

// A handler of its own: with SetConsoleCtrlHandler(nullptr, TRUE) what this process starts would ignore Ctrl+C, too.
BOOL WINAPI ignore_interrupt(DWORD kind) { return kind == CTRL_C_EVENT; }

struct Pipe {
  epm::Handle reads;
  epm::Handle writes;
};

Pipe pipe() {
  SECURITY_ATTRIBUTES inheritable{sizeof(inheritable), nullptr, TRUE};
  Pipe made;
  epm::check(CreatePipe(made.reads.receive(), made.writes.receive(), &inheritable, 0), "CreatePipe");
  return made;
}

void keep_here(const epm::Handle& handle) {
  epm::check(SetHandleInformation(handle.get(), HANDLE_FLAG_INHERIT, 0), "SetHandleInformation");
}

std::string to_utf8(const std::wstring& text) {
  const int size = static_cast<int>(text.size());
  std::string result(text.size() * 3, '\0');
  const int length = WideCharToMultiByte(CP_UTF8, 0, text.data(), size, result.data(), static_cast<int>(result.size()),
                                         nullptr, nullptr);
  result.resize(static_cast<size_t>(length));
  return result;
}

epm::Handle open_console(const wchar_t* name, SECURITY_ATTRIBUTES* security) {
  epm::Handle opened(CreateFileW(name, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, security,
                                 OPEN_EXISTING, 0, nullptr));
  epm::check(static_cast<bool>(opened), "CreateFileW");
  return opened;
}

}  // namespace

void have_console() {
  // No call makes a console without a window, but a process can be started with one, and be joined there.
  Pipe input = pipe();
  Pipe output = pipe();
  keep_here(input.writes);
  keep_here(output.reads);
  std::wstring self(32768, L'\0');
  self.resize(GetModuleFileNameW(nullptr, self.data(), static_cast<DWORD>(self.size())));
  std::wstring line = L"epmbed hold-console";
  STARTUPINFOW startup{};
  startup.cb = sizeof(startup);
  startup.dwFlags = STARTF_USESTDHANDLES;
  startup.hStdInput = input.reads.get();
  startup.hStdOutput = output.writes.get();
  startup.hStdError = output.writes.get();
  PROCESS_INFORMATION information{};
  epm::check(CreateProcessW(self.c_str(), line.data(), nullptr, nullptr, TRUE, CREATE_NO_WINDOW, nullptr, nullptr,
                            &startup, &information),
             "CreateProcessW");
  const epm::Handle process(information.hProcess);
  const epm::Handle thread(information.hThread);
  output.writes = epm::Handle();
  char said = 0;
  DWORD length = 0;
  epm::check(ReadFile(output.reads.get(), &said, 1, &length, nullptr) && length == 1, "hold-console");
  (void)FreeConsole();
  epm::check(AttachConsole(information.dwProcessId), "AttachConsole");
  epm::check(SetConsoleCP(CP_UTF8) && SetConsoleOutputCP(CP_UTF8), "SetConsoleOutputCP");
  const epm::Handle screen = open_console(L"CONOUT$", nullptr);
  epm::check(SetConsoleScreenBufferSize(screen.get(), size), "SetConsoleScreenBufferSize");
  epm::check(SetConsoleCtrlHandler(ignore_interrupt, TRUE), "SetConsoleCtrlHandler");
  // Its end is waited for, so that it is nobody's descendant later.
  input.writes = epm::Handle();
  epm::check(WaitForSingleObject(process.get(), INFINITE) == WAIT_OBJECT_0, "WaitForSingleObject");
}

epm::Handle typed_input(const std::string& text) {
  SECURITY_ATTRIBUTES inheritable{sizeof(inheritable), nullptr, TRUE};
  epm::Handle keyboard = open_console(L"CONIN$", &inheritable);
  for (const wchar_t character : from_utf8(text)) {
    INPUT_RECORD key{};
    key.EventType = KEY_EVENT;
    key.Event.KeyEvent.bKeyDown = TRUE;
    key.Event.KeyEvent.wRepeatCount = 1;
    key.Event.KeyEvent.wVirtualKeyCode = character == L'\n' ? VK_RETURN : 0;
    key.Event.KeyEvent.uChar.UnicodeChar = character == L'\n' ? L'\r' : character;
    DWORD written = 0;
    epm::check(WriteConsoleInputW(keyboard.get(), &key, 1, &written) && written == 1, "WriteConsoleInputW");
  }
  return keyboard;
}

epm::Handle screen_output() {
  SECURITY_ATTRIBUTES inheritable{sizeof(inheritable), nullptr, TRUE};
  return open_console(L"CONOUT$", &inheritable);
}

void write_screen(const std::wstring& file) {
  const epm::Handle screen = open_console(L"CONOUT$", nullptr);
  CONSOLE_SCREEN_BUFFER_INFO shown{};
  epm::check(GetConsoleScreenBufferInfo(screen.get(), &shown), "GetConsoleScreenBufferInfo");
  std::string text;
  for (SHORT row = 0; row <= shown.dwCursorPosition.Y; ++row) {
    std::wstring line(static_cast<size_t>(shown.dwSize.X), L' ');
    DWORD length = 0;
    epm::check(
        ReadConsoleOutputCharacterW(screen.get(), line.data(), static_cast<DWORD>(line.size()), {0, row}, &length),
        "ReadConsoleOutputCharacterW");
    line.resize(line.find_last_not_of(L' ', length) + 1);
    text += to_utf8(line) + "\n";
  }
  const epm::Handle opened(
      CreateFileW(file.c_str(), GENERIC_WRITE, FILE_SHARE_READ, nullptr, CREATE_ALWAYS, 0, nullptr));
  DWORD written = 0;
  epm::check(opened && WriteFile(opened.get(), text.data(), static_cast<DWORD>(text.size()), &written, nullptr),
             "WriteFile");
}

unsigned long hold_console() {
  DWORD length = 0;
  epm::check(WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), "1", 1, &length, nullptr), "WriteFile");
  char nothing = 0;
  while (ReadFile(GetStdHandle(STD_INPUT_HANDLE), &nothing, 1, &length, nullptr) && length > 0) {
  }
  return 0;
}

void wait_for_end(const epm::Handle& process, std::wstring interrupt_file, std::wstring stop_file) {
  const auto appeared = [](std::wstring& file) {
    if (file.empty() || GetFileAttributesW(file.c_str()) == INVALID_FILE_ATTRIBUTES) return false;
    file.clear();
    return true;
  };
  for (;;) {
    const bool looks = !interrupt_file.empty() || !stop_file.empty();
    const DWORD result = WaitForSingleObject(process.get(), looks ? look_every_ms : INFINITE);
    if (result == WAIT_OBJECT_0) return;
    if (result != WAIT_TIMEOUT) epm::fail("WaitForSingleObject", GetLastError());
    if (appeared(interrupt_file)) epm::check(GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0), "GenerateConsoleCtrlEvent");
    // It may have ended meanwhile.
    if (appeared(stop_file)) (void)TerminateProcess(process.get(), 1);
  }
}

}  // namespace bed
