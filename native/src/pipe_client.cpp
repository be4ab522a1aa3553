#include "pipe_client.h"

#include <aclapi.h>

#include "failure.h"
#include "security_text.h"
#include "token_facts.h"

namespace epm {

namespace {

constexpr wchar_t system_sid[] = L"S-1-5-18";

// FILE_GENERIC_WRITE would ask for FILE_APPEND_DATA, which on a pipe is the right to create an instance; no client has
// it. FILE_WRITE_ATTRIBUTES is for the change to message mode.
constexpr DWORD client_access = GENERIC_READ | FILE_WRITE_DATA | FILE_WRITE_ATTRIBUTES;

Handle connect(const wchar_t* name, DWORD timeout_ms) {
  const ULONGLONG end = GetTickCount64() + timeout_ms;
  for (;;) {
    // Identification only: whoever serves the name cannot act as this process.
    Handle pipe(CreateFileW(name, client_access, 0, nullptr, OPEN_EXISTING,
                            FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, nullptr));
    if (pipe) return pipe;
    const DWORD error = GetLastError();
    if (error != ERROR_PIPE_BUSY) fail("CreateFileW", error);
    const ULONGLONG now = GetTickCount64();
    if (now >= end) fail("WaitNamedPipeW", WAIT_TIMEOUT);
    // NMPWAIT_USE_DEFAULT_WAIT is 0, so at least one millisecond.
    WaitNamedPipeW(name, static_cast<DWORD>(end - now) | 1u);
  }
}

// Two proofs. The owner of the pipe object: only the system, or who holds SeRestorePrivilege, can make an object that
// the system owns (Wine does not enforce this). And the user of the server's process, where it may be opened: a
// standard user may not open a service, so refusal there is no sign of anything.
void prove_system(HANDLE pipe) {
  PSID owner = nullptr;
  PSECURITY_DESCRIPTOR descriptor = nullptr;
  check_error(static_cast<LSTATUS>(GetSecurityInfo(pipe, SE_KERNEL_OBJECT, OWNER_SECURITY_INFORMATION, &owner, nullptr,
                                                   nullptr, nullptr, &descriptor)),
              "GetSecurityInfo");
  const SecurityPointer free_later(descriptor);
  if (!owner || sid_text(owner) != system_sid) fail("pipe owner", ERROR_INVALID_OWNER);

  ULONG process_id = 0;
  check(GetNamedPipeServerProcessId(pipe, &process_id), "GetNamedPipeServerProcessId");
  const Handle process(OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, process_id));
  Handle token;
  if (!process || !OpenProcessToken(process.get(), TOKEN_QUERY, token.receive())) return;
  if (token_user(token.get()) != system_sid) fail("pipe server process", ERROR_INVALID_OWNER);
}

}  // namespace

ObjectTable<PipeClient>& clients() {
  static auto* const table = new ObjectTable<PipeClient>;
  return *table;
}

PipeClient::PipeClient(Handle pipe)
    : pipe_(std::move(pipe)), closed_(make_event(true)), read_done_(make_event(true)), write_done_(make_event(true)) {}

std::shared_ptr<PipeClient> PipeClient::open(const wchar_t* name, DWORD timeout_ms) {
  Handle pipe = connect(name, timeout_ms);
  prove_system(pipe.get());
  DWORD mode = PIPE_READMODE_MESSAGE;
  check(SetNamedPipeHandleState(pipe.get(), &mode, nullptr, nullptr), "SetNamedPipeHandleState");
  return std::shared_ptr<PipeClient>(new PipeClient(std::move(pipe)));
}

// Waits for the end of a read or write that was started; what is still running then is cancelled.
DWORD PipeClient::transfer(OVERLAPPED& overlapped, const Handle& event, BOOL started, DWORD timeout_ms, DWORD& length) {
  length = 0;
  const DWORD error = started ? ERROR_SUCCESS : GetLastError();
  if (error != ERROR_SUCCESS && error != ERROR_IO_PENDING && error != ERROR_MORE_DATA) return error;
  const HANDLE waits[] = {event.get(), closed_.get()};
  const DWORD waited = error == ERROR_IO_PENDING ? WaitForMultipleObjects(2, waits, FALSE, timeout_ms) : WAIT_OBJECT_0;
  if (waited != WAIT_OBJECT_0) CancelIoEx(pipe_.get(), &overlapped);
  if (GetOverlappedResult(pipe_.get(), &overlapped, &length, TRUE)) return ERROR_SUCCESS;
  const DWORD result = GetLastError();
  if (result != ERROR_OPERATION_ABORTED) return result;
  return waited == WAIT_TIMEOUT ? static_cast<DWORD>(WAIT_TIMEOUT) : static_cast<DWORD>(ERROR_BROKEN_PIPE);
}

void PipeClient::write(const uint8_t* bytes, size_t length) {
  if (length == 0 || length > max_message) fail("epm_client_write", ERROR_INVALID_PARAMETER);
  Locked locked(write_lock_);
  check(ResetEvent(write_done_.get()), "ResetEvent");
  OVERLAPPED overlapped{};
  overlapped.hEvent = write_done_.get();
  DWORD written = 0;
  const BOOL started = WriteFile(pipe_.get(), bytes, static_cast<DWORD>(length), nullptr, &overlapped);
  const DWORD error = transfer(overlapped, write_done_, started, write_ms, written);
  if (error == WAIT_TIMEOUT) fail("WriteFile", ERROR_TIMEOUT);
  if (error != ERROR_SUCCESS) fail("WriteFile", error == ERROR_NO_DATA ? ERROR_BROKEN_PIPE : error);
  if (written != length) fail("WriteFile", ERROR_WRITE_FAULT);
}

std::vector<uint8_t> PipeClient::read(DWORD timeout_ms, size_t capacity) {
  constexpr size_t piece = 64 * 1024;
  Locked locked(read_lock_);
  while (!complete_) {
    if (message_.size() > max_message) fail("ReadFile", ERROR_BUFFER_OVERFLOW);
    const size_t have = message_.size();
    message_.resize(have + piece);
    DWORD length = 0;
    DWORD error = ERROR_GEN_FAILURE;
    if (ResetEvent(read_done_.get())) {
      OVERLAPPED overlapped{};
      overlapped.hEvent = read_done_.get();
      const BOOL started = ReadFile(pipe_.get(), message_.data() + have, piece, nullptr, &overlapped);
      error = transfer(overlapped, read_done_, started, timeout_ms, length);
    }
    message_.resize(have + length);
    if (error == ERROR_SUCCESS) {
      complete_ = true;
    } else if (error != ERROR_MORE_DATA) {
      fail("ReadFile", error == ERROR_PIPE_NOT_CONNECTED ? ERROR_BROKEN_PIPE : error);
    }
  }
  if (message_.size() > capacity) return message_;
  complete_ = false;
  std::vector<uint8_t> taken;
  taken.swap(message_);
  return taken;
}

void PipeClient::close() { SetEvent(closed_.get()); }

}  // namespace epm
