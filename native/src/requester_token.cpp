#include "requester_token.h"

// After windows.h, which it needs.
#include <tlhelp32.h>
#include <wtsapi32.h>

#include <memory>

#include "failure.h"
#include "platform.h"
#include "privileges.h"
#include "system_function.h"
#include "token_facts.h"

namespace epm {

namespace {

constexpr DWORD needed = TOKEN_QUERY | TOKEN_DUPLICATE | TOKEN_ASSIGN_PRIMARY | TOKEN_ADJUST_DEFAULT;

Handle primary_copy(HANDLE token) {
  Handle copy;
  check(DuplicateTokenEx(token, needed, nullptr, SecurityIdentification, TokenPrimary, copy.receive()),
        "DuplicateTokenEx");
  return copy;
}

using QueryFunction = BOOL(WINAPI*)(ULONG session, HANDLE* token);
using EnumerateFunction = BOOL(WINAPI*)(HANDLE server, DWORD reserved, DWORD version, WTS_SESSION_INFOW** sessions,
                                        DWORD* count);
using SessionFunction = BOOL(WINAPI*)(HANDLE server, DWORD session, WTS_INFO_CLASS information, wchar_t** buffer,
                                      DWORD* size);
using FreeFunction = void(WINAPI*)(void* memory);

template <typename Function>
Function of_sessions(const char* name) {
  const auto function = system_function<Function>(L"wtsapi32.dll", name);
  if (!function) fail(name, ERROR_PROC_NOT_FOUND);
  return function;
}

// What wtsapi32.h of Windows has and that of mingw-w64 lacks: WTSSessionInfoEx, WTS_SESSIONSTATE_UNLOCK and the beginning of
// WTSINFOEXW of level 1, of which the data is aligned as its times are.
constexpr auto session_info_ex = static_cast<WTS_INFO_CLASS>(25);
constexpr LONG unlocked = 1;
struct SessionInfo {
  DWORD level;
  alignas(8) ULONG session;
  int state;
  LONG flags;
};

// Whether Windows says that nobody has locked it. Not known is no.
bool is_unlocked(DWORD session) {
  const auto query = of_sessions<SessionFunction>("WTSQuerySessionInformationW");
  wchar_t* buffer = nullptr;
  DWORD size = 0;
  if (!query(WTS_CURRENT_SERVER_HANDLE, session, session_info_ex, &buffer, &size)) return false;
  const std::unique_ptr<wchar_t, FreeFunction> owned(buffer, of_sessions<FreeFunction>("WTSFreeMemory"));
  const auto& information = *reinterpret_cast<const SessionInfo*>(buffer);
  return size >= sizeof(information) && information.level == 1 && information.flags == unlocked;
}

#if defined(EPM_TEST_BED)
Handle token_of_process(uint32_t process_id) {
  const Handle process(OpenProcess(PROCESS_QUERY_INFORMATION, FALSE, process_id));
  check(static_cast<bool>(process), "OpenProcess");
  Handle token;
  check(OpenProcessToken(process.get(), TOKEN_QUERY | TOKEN_DUPLICATE, token.receive()), "OpenProcessToken");
  return token;
}

// Of a program that nobody has elevated.
Handle token_of_program(const std::wstring& user) {
  const Handle snapshot(CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0));
  PROCESSENTRY32W entry{};
  entry.dwSize = sizeof(entry);
  for (BOOL more = Process32FirstW(snapshot.get(), &entry); more; more = Process32NextW(snapshot.get(), &entry)) {
    try {
      Handle token = token_of_process(entry.th32ProcessID);
      if (token_user(token.get()) == user && !token_has_group(token.get(), L"S-1-5-32-544", 0)) return token;
    } catch (const Failure&) {
      // It has ended, or is the system's.
    }
  }
  return {};
}
#endif

}  // namespace

Handle requester_token(HANDLE caller, uint32_t process) {
#if defined(EPM_TEST_BED)
  if (is_wine()) return primary_copy(token_of_process(process).get());
#else
  (void)process;
#endif
  const auto query = of_sessions<QueryFunction>("WTSQueryUserToken");
  const auto session = token_information(caller, TokenSessionId);
  enable_own_privilege(L"SeTcbPrivilege");
  Handle token;
  check(query(*reinterpret_cast<const DWORD*>(session.data()), token.receive()), "WTSQueryUserToken");
  return primary_copy(token.get());
}

Handle session_token(const std::wstring& user) {
#if defined(EPM_TEST_BED)
  if (is_wine()) {
    const Handle token = token_of_program(user);
    return token ? primary_copy(token.get()) : Handle();
  }
#endif
  const auto query = of_sessions<QueryFunction>("WTSQueryUserToken");
  const auto enumerate = of_sessions<EnumerateFunction>("WTSEnumerateSessionsW");
  enable_own_privilege(L"SeTcbPrivilege");
  WTS_SESSION_INFOW* sessions = nullptr;
  DWORD count = 0;
  check(enumerate(WTS_CURRENT_SERVER_HANDLE, 0, 1, &sessions, &count), "WTSEnumerateSessionsW");
  const std::unique_ptr<WTS_SESSION_INFOW, FreeFunction> owned(sessions, of_sessions<FreeFunction>("WTSFreeMemory"));
  for (DWORD index = 0; index < count; ++index) {
    const WTS_SESSION_INFOW& session = sessions[index];
    if (session.State != WTSActive || !is_unlocked(session.SessionId)) continue;
    Handle token;
    // Nobody is signed in there yet, or not any more.
    if (!query(session.SessionId, token.receive())) continue;
    if (token_user(token.get()) == user) return primary_copy(token.get());
  }
  return {};
}

}  // namespace epm
