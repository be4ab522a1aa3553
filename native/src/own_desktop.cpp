#include "own_desktop.h"

#include "failure.h"
#include "helper_process.h"
#include "privileges.h"
#include "security_text.h"

namespace epm {

namespace {

// A program of some kilobytes that makes one object; more is a sign that something holds it up.
constexpr DWORD wait_ms = 20000;
constexpr size_t max_answer = 4096;

// The account of this process, in the session of the user.
Handle token_for(uint32_t session) {
  Handle own;
  check(OpenProcessToken(
            GetCurrentProcess(),
            TOKEN_DUPLICATE | TOKEN_QUERY | TOKEN_ASSIGN_PRIMARY | TOKEN_ADJUST_DEFAULT | TOKEN_ADJUST_SESSIONID,
            own.receive()),
        "OpenProcessToken");
  // Without privileges: it makes one object, and stands in a session where hostile programs run.
  Handle token;
  check(CreateRestrictedToken(own.get(), DISABLE_MAX_PRIVILEGE, 0, nullptr, 0, nullptr, 0, nullptr, token.receive()),
        "CreateRestrictedToken");
  DWORD current = 0;
  check(ProcessIdToSessionId(GetCurrentProcessId(), &current), "ProcessIdToSessionId");
  // Wine has one session and takes no other; Windows takes one from who may act as the system.
  if (current != session) {
    enable_own_privilege(L"SeTcbPrivilege");
    check(SetTokenInformation(token.get(), TokenSessionId, &session, sizeof(session)),
          "SetTokenInformation(SessionId)");
  }
  return token;
}

// One line. Fails with the exit code of a holder that ended instead.
std::string read_line(HANDLE pipe, HANDLE process) {
  std::string line;
  for (const ULONGLONG end = GetTickCount64() + wait_ms; line.find('\n') == std::string::npos;) {
    // Asked before the pipe: what a process wrote before its end is still read.
    const bool ended = WaitForSingleObject(process, 10) == WAIT_OBJECT_0;
    DWORD there = 0;
    if (PeekNamedPipe(pipe, nullptr, 0, nullptr, &there, nullptr) && there != 0) {
      char buffer[256];
      DWORD length = 0;
      check(ReadFile(pipe, buffer, there < sizeof(buffer) ? there : sizeof(buffer), &length, nullptr), "ReadFile");
      line.append(buffer, length);
      if (line.size() > max_answer) fail("holder", ERROR_INVALID_DATA);
    } else if (ended) {
      DWORD code = ERROR_GEN_FAILURE;
      GetExitCodeProcess(process, &code);
      fail("holder", code == ERROR_SUCCESS ? static_cast<DWORD>(ERROR_GEN_FAILURE) : code);
    } else if (GetTickCount64() >= end) {
      fail("holder", ERROR_TIMEOUT);
    }
  }
  line.resize(line.find('\n'));
  return line;
}

std::wstring quoted(const wchar_t* text) { return L"\"" + std::wstring(text) + L"\""; }

}  // namespace

ObjectTable<OwnDesktop>& desktops() {
  static auto* const table = new ObjectTable<OwnDesktop>;
  return *table;
}

std::shared_ptr<OwnDesktop> OwnDesktop::make(const wchar_t* holder, uint32_t session, const wchar_t* name,
                                             const wchar_t* sddl, std::string& answer) {
  // Neither has a character that a command line needs quoted otherwise.
  if (std::wstring(name).find_first_not_of(L"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-") !=
      std::wstring::npos) {
    fail("name", ERROR_INVALID_NAME);
  }
  (void)dacl_of(descriptor_from_sddl(sddl));
  const Handle token = token_for(session);
  Handle job = make_helper_job(false);

  SECURITY_ATTRIBUTES inherited{sizeof(inherited), nullptr, TRUE};
  Handle pipe;
  Handle child;
  check(CreatePipe(pipe.receive(), child.receive(), &inherited, 0), "CreatePipe");
  check(SetHandleInformation(pipe.get(), HANDLE_FLAG_INHERIT, 0), "SetHandleInformation");
  wchar_t interactive[] = L"winsta0\\default";
  const HelperProcess started = start_helper({token.get(), holder, L" " + std::wstring(name) + L" " + quoted(sddl),
                                              interactive, nullptr, child.get(), job.get()});
  child.close();
  answer = read_line(pipe.get(), started.process.get());
  return std::shared_ptr<OwnDesktop>(new OwnDesktop(std::move(job)));
}

}  // namespace epm
