// epmdesktop.exe: makes a desktop on the interactive window station of the session it was started in, and keeps it until
// it is ended. A desktop can be made in one's own session only, and the agent is in that of services.
//
//   epmdesktop NAME SDDL
//
// Standard output, once the desktop is there: {"security":"<owner and DACL as Windows has them>"|null}. The exit code is
// an error number of Windows.
#include "failure.h"
#include "json_writer.h"
#include "security_text.h"

namespace {

// Owner and DACL of the desktop; empty where the system keeps none (Wine).
std::wstring security_of(HDESK desktop) {
  try {
    return epm::object_security(desktop);
  } catch (const epm::Failure&) {
    return {};
  }
}

void make_and_keep(const wchar_t* name, const wchar_t* sddl) {
  const epm::SecurityPointer descriptor = epm::descriptor_from_sddl(sddl);
  SECURITY_ATTRIBUTES attributes{sizeof(attributes), descriptor.get(), FALSE};
  const HDESK existing = OpenDesktopW(name, 0, FALSE, READ_CONTROL);
  if (existing) epm::fail("OpenDesktopW", ERROR_ALREADY_EXISTS);
  const HDESK desktop = CreateDesktopW(name, nullptr, nullptr, 0, GENERIC_ALL, &attributes);
  epm::check(desktop != nullptr, "CreateDesktopW");
  const std::wstring security = security_of(desktop);
  epm::JsonWriter json;
  json.begin_object();
  if (security.empty()) {
    json.null_member("security");
  } else {
    json.member("security", security);
  }
  json.end_object();
  const std::string line = json.take() + "\n";
  DWORD written = 0;
  epm::check(
      WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), line.data(), static_cast<DWORD>(line.size()), &written, nullptr),
      "WriteFile");
  CloseHandle(GetStdHandle(STD_OUTPUT_HANDLE));
  Sleep(INFINITE);
}

}  // namespace

int wmain(int count, wchar_t** values) {
  if (count != 3) return ERROR_INVALID_PARAMETER;
  try {
    make_and_keep(values[1], values[2]);
  } catch (const epm::Failure& failure) {
    return static_cast<int>(failure.win32);
  }
  return ERROR_GEN_FAILURE;
}
