#include "requester_token.h"

// After windows.h, which it needs.
#include <wtsapi32.h>

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

#if defined(EPM_TEST_BED)
Handle token_of_process(uint32_t process_id) {
  const Handle process(OpenProcess(PROCESS_QUERY_INFORMATION, FALSE, process_id));
  check(static_cast<bool>(process), "OpenProcess");
  Handle token;
  check(OpenProcessToken(process.get(), TOKEN_QUERY | TOKEN_DUPLICATE, token.receive()), "OpenProcessToken");
  return token;
}
#endif

}  // namespace

Handle requester_token(HANDLE caller, uint32_t process) {
#if defined(EPM_TEST_BED)
  if (is_wine()) return primary_copy(token_of_process(process).get());
#else
  (void)process;
#endif
  using QueryFunction = BOOL(WINAPI*)(ULONG session, HANDLE * token);
  const auto query = system_function<QueryFunction>(L"wtsapi32.dll", "WTSQueryUserToken");
  if (!query) fail("WTSQueryUserToken", ERROR_PROC_NOT_FOUND);
  const auto session = token_information(caller, TokenSessionId);
  enable_own_privilege(L"SeTcbPrivilege");
  Handle token;
  check(query(*reinterpret_cast<const DWORD*>(session.data()), token.receive()), "WTSQueryUserToken");
  return primary_copy(token.get());
}

}  // namespace epm
