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

std::wstring quoted(const std::wstring& text) { return L"\"" + text + L"\""; }

void make_pipe(Handle& read, Handle& write, bool child_reads) {
  SECURITY_ATTRIBUTES inherited{sizeof(inherited), nullptr, TRUE};
  check(CreatePipe(read.receive(), write.receive(), &inherited, 0), "CreatePipe");
  check(SetHandleInformation(child_reads ? write.get() : read.get(), HANDLE_FLAG_INHERIT, 0), "SetHandleInformation");
}

// The person's own desktop is put back by a second program where the one that kept ours was ended.
void put_back(const std::wstring& holder, const std::wstring& name, HANDLE token) {
  Handle read;
  Handle write;
  make_pipe(read, write, false);
  const Handle job = make_helper_job(false, true);
  wchar_t interactive[] = L"winsta0\\default";
  (void)start_helper({token, holder.c_str(), L" " + name, interactive, nullptr, write.get(), job.get()});
}

}  // namespace

ObjectTable<OwnDesktop>& desktops() {
  static auto* const table = new ObjectTable<OwnDesktop>;
  return *table;
}

std::shared_ptr<OwnDesktop> OwnDesktop::make(const DesktopOrder& order, std::string& answer) {
  // Neither has a character that a command line needs quoted otherwise.
  if (std::wstring(order.name).find_first_not_of(L"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-") !=
      std::wstring::npos) {
    fail("name", ERROR_INVALID_NAME);
  }
  (void)dacl_of(descriptor_from_sddl(order.sddl));
  const bool shows = order.shown_seconds != 0;
  const std::shared_ptr<OwnDesktop> made(new OwnDesktop(order, token_for(order.session)));
  made->job_ = make_helper_job(false, shows);
  Handle child_output;
  Handle child_input;
  make_pipe(made->output_, child_output, false);
  if (shows) make_pipe(child_input, made->input_, true);
  wchar_t interactive[] = L"winsta0\\default";
  std::wstring arguments = L" " + std::wstring(order.name) + L" " + quoted(order.sddl);
  if (shows) arguments += L" " + std::to_wstring(order.shown_seconds);
  HelperProcess started = start_helper({made->token_.get(), order.holder, arguments, interactive, child_input.get(),
                                        child_output.get(), made->job_.get()});
  made->process_ = std::move(started.process);
  child_output.close();
  answer = read_line(made->output_.get(), made->process_.get());
  return made;
}

void OwnDesktop::show() {
  if (!input_) fail("desktop", ERROR_INVALID_STATE);
  DWORD written = 0;
  check(WriteFile(input_.get(), "s", 1, &written, nullptr), "WriteFile");
  (void)read_line(output_.get(), process_.get());
}

bool OwnDesktop::is_held() const { return WaitForSingleObject(process_.get(), 0) == WAIT_TIMEOUT; }

OwnDesktop::~OwnDesktop() {
  if (!input_ || !process_ || is_held()) return;
  try {
    put_back(holder_, name_, token_.get());
  } catch (const Failure&) {
    // Windows has the person's desktop a key away: Ctrl+Alt+Del.
  }
}

}  // namespace epm
