#include "caller.h"

#include "failure.h"
#include "handle.h"
#include "platform.h"
#include "test_fault.h"
#include "token_facts.h"

namespace epm {

namespace {

class Impersonation {
 public:
  explicit Impersonation(HANDLE pipe) { check(ImpersonateNamedPipeClient(pipe), "ImpersonateNamedPipeClient"); }
  ~Impersonation() {
    if (!RevertToSelf()) TerminateProcess(GetCurrentProcess(), ERROR_CANNOT_IMPERSONATE);
  }
  Impersonation(const Impersonation&) = delete;
  Impersonation& operator=(const Impersonation&) = delete;
};

#if defined(EPM_TEST_BED)
// Wine "impersonates" with the server's own token, whoever the client is. There, and only in test-bed builds, the
// client is taken to be the process that opened the pipe; on Windows that would be open to spoofing.
Handle wine_client_token(HANDLE pipe) {
  ULONG process_id = 0;
  check(GetNamedPipeClientProcessId(pipe, &process_id), "GetNamedPipeClientProcessId");
  const Handle process(OpenProcess(PROCESS_QUERY_INFORMATION, FALSE, process_id));
  check(static_cast<bool>(process), "OpenProcess");
  Handle primary;
  Handle token;
  check(OpenProcessToken(process.get(), TOKEN_QUERY | TOKEN_DUPLICATE, primary.receive()), "OpenProcessToken");
  check(DuplicateTokenEx(primary.get(), TOKEN_QUERY | TOKEN_DUPLICATE, nullptr, SecurityImpersonation,
                         TokenImpersonation, token.receive()),
        "DuplicateTokenEx");
  return token;
}
#endif

Handle caller_token(HANDLE pipe) {
#if defined(EPM_TEST_BED)
  if (is_told_to_fail(L"EPM_TEST_FAIL_IMPERSONATION")) fail("ImpersonateNamedPipeClient", ERROR_CANNOT_IMPERSONATE);
  if (is_wine()) return wine_client_token(pipe);
#endif
  const Impersonation impersonation(pipe);
  Handle token;
  // Opened as the process, not as the client: the client may not have access to its own token.
  check(OpenThreadToken(GetCurrentThread(), TOKEN_QUERY | TOKEN_DUPLICATE, TRUE, token.receive()), "OpenThreadToken");
  return token;
}

}  // namespace

Caller identify_caller(HANDLE pipe) {
  const Handle token = caller_token(pipe);
  const auto level = token_information(token.get(), TokenImpersonationLevel);
  ULONG process_id = 0;
  check(GetNamedPipeClientProcessId(pipe, &process_id), "GetNamedPipeClientProcessId");

  Caller caller;
  caller.process_id = static_cast<uint32_t>(process_id);
  caller.user = token_user(token.get());
  JsonWriter json;
  json.begin_object();
  json.key("token");
  write_token_facts(json, token.get());
  json.member("impersonationLevel", static_cast<uint32_t>(*reinterpret_cast<const DWORD*>(level.data())));
  json.member("processId", static_cast<uint32_t>(process_id));
  json.end_object();
  caller.json = json.take();
  // Identification is all that an access check needs, and all that most clients grant.
  check(DuplicateTokenEx(token.get(), TOKEN_QUERY, nullptr, SecurityIdentification, TokenImpersonation,
                         caller.token.receive()),
        "DuplicateTokenEx");
  return caller;
}

std::wstring provisional_user(HANDLE pipe) {
  ULONG process_id = 0;
  if (!GetNamedPipeClientProcessId(pipe, &process_id)) return {};
  const Handle process(OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, process_id));
  Handle token;
  if (!process || !OpenProcessToken(process.get(), TOKEN_QUERY, token.receive())) return {};
  try {
    return token_user(token.get());
  } catch (const Failure&) {
    return {};
  }
}

}  // namespace epm
