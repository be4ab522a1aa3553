// epmdesktop.exe: makes a desktop on the interactive window station of the session it was started in, and keeps it until
// it is ended. A desktop can be made in one's own session only, and the agent is in that of services.
//
//   epmdesktop NAME SDDL            nobody ever sees it
//   epmdesktop NAME SDDL SECONDS    it is put before the person when the standard input says so ("s"), until the input ends,
//                                   for SECONDS at most, or until somebody puts another desktop there; goes when the person
//                                   has their own again
//   epmdesktop NAME                 puts the person's own desktop before them where the named one still is
//
// Standard output, once the desktop is there: {"security":"<owner and DACL as Windows has them>"|null}; once it is shown, one more
// line. The exit code is an error number of Windows.
#include <cwchar>

#include "failure.h"
#include "json_writer.h"
#include "security_text.h"

namespace {

constexpr DWORD look_ms = 100;

// Owner and DACL of the desktop; empty where the system keeps none (Wine).
std::wstring security_of(HDESK desktop) {
  try {
    return epm::object_security(desktop);
  } catch (const epm::Failure&) {
    return {};
  }
}

void write_line(const std::string& text) {
  const std::string line = text + "\n";
  DWORD written = 0;
  epm::check(
      WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), line.data(), static_cast<DWORD>(line.size()), &written, nullptr),
      "WriteFile");
}

void write_security(HDESK desktop) {
  const std::wstring security = security_of(desktop);
  epm::JsonWriter json;
  json.begin_object();
  if (security.empty()) {
    json.null_member("security");
  } else {
    json.member("security", security);
  }
  json.end_object();
  write_line(json.take());
}

HDESK make_desktop(const wchar_t* name, const wchar_t* sddl) {
  const epm::SecurityPointer descriptor = epm::descriptor_from_sddl(sddl);
  SECURITY_ATTRIBUTES attributes{sizeof(attributes), descriptor.get(), FALSE};
  const HDESK existing = OpenDesktopW(name, 0, FALSE, READ_CONTROL);
  if (existing) epm::fail("OpenDesktopW", ERROR_ALREADY_EXISTS);
  const HDESK desktop = CreateDesktopW(name, nullptr, nullptr, 0, GENERIC_ALL, &attributes);
  epm::check(desktop != nullptr, "CreateDesktopW");
  return desktop;
}

// Name of the desktop that is before the person; empty where it cannot be told.
std::wstring shown_desktop() {
  const HDESK desktop = OpenInputDesktop(0, FALSE, DESKTOP_READOBJECTS);
  if (!desktop) return {};
  wchar_t name[256] = {};
  DWORD size = 0;
  const BOOL told = GetUserObjectInformationW(desktop, UOI_NAME, name, sizeof(name) - sizeof(wchar_t), &size);
  CloseDesktop(desktop);
  return told ? std::wstring(name) : std::wstring();
}

bool is(const std::wstring& one, const wchar_t* other) {
  return CompareStringOrdinal(one.c_str(), -1, other, -1, TRUE) == CSTR_EQUAL;
}

// Another one than ours and those of Windows itself: after a lock, Ctrl+Alt+Del or a screen saver Windows puts back what
// was there before.
bool is_left(const std::wstring& shown, const wchar_t* name) {
  return !shown.empty() && !is(shown, name) && !is(shown, L"Winlogon") && !is(shown, L"Screen-saver");
}

// Goes on for as long as it takes: while the session is locked nobody but Windows may switch, and who unlocks it must not find
// a desktop without a window.
void put_back(const wchar_t* name) {
  const HDESK own = OpenDesktopW(L"Default", 0, FALSE, DESKTOP_SWITCHDESKTOP);
  epm::check(own != nullptr, "OpenDesktopW(Default)");
  for (;; Sleep(look_ms)) {
    const std::wstring shown = shown_desktop();
    if (is_left(shown, name)) break;
    if (!shown.empty() && !is(shown, name)) continue;
    if (SwitchDesktop(own)) break;
  }
  CloseDesktop(own);
}

enum class Said { nothing, show, end };

Said said() {
  const HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
  DWORD there = 0;
  if (!PeekNamedPipe(input, nullptr, 0, nullptr, &there, nullptr)) return Said::end;
  if (there == 0) return Said::nothing;
  char byte = 0;
  DWORD length = 0;
  if (!ReadFile(input, &byte, 1, &length, nullptr) || length != 1) return Said::end;
  return byte == 's' ? Said::show : Said::end;
}

int show_and_keep(HDESK desktop, const wchar_t* name, ULONGLONG milliseconds) {
  const ULONGLONG over = GetTickCount64() + milliseconds;
  bool shown = false;
  for (;; Sleep(look_ms)) {
    const Said word = said();
    if (word == Said::end || GetTickCount64() >= over) break;
    if (word == Said::show && !shown) {
      epm::check(SwitchDesktop(desktop), "SwitchDesktop");
      shown = true;
      write_line("{}");
    }
    // Whoever put another desktop there took the question away with it.
    if (shown && is_left(shown_desktop(), name)) return ERROR_SUCCESS;
  }
  if (shown) put_back(name);
  return ERROR_SUCCESS;
}

}  // namespace

int wmain(int count, wchar_t** values) {
  if (count < 2 || count > 4) return ERROR_INVALID_PARAMETER;
  try {
    if (count == 2) {
      put_back(values[1]);
      return ERROR_SUCCESS;
    }
    const unsigned long seconds = count == 4 ? std::wcstoul(values[3], nullptr, 10) : 0;
    if (count == 4 && (seconds == 0 || seconds > 3600)) return ERROR_INVALID_PARAMETER;
    const HDESK desktop = make_desktop(values[1], values[2]);
    write_security(desktop);
    if (seconds != 0) return show_and_keep(desktop, values[1], seconds * 1000ULL);
    CloseHandle(GetStdHandle(STD_OUTPUT_HANDLE));
    Sleep(INFINITE);
  } catch (const epm::Failure& failure) {
    return static_cast<int>(failure.win32);
  }
  return ERROR_GEN_FAILURE;
}
