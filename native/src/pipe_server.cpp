#include "pipe_server.h"

#include <array>
#include <exception>
#include <new>

#include "caller.h"
#include "event_queue.h"
#include "failure.h"
#include "json_writer.h"
#include "overlapped.h"
#include "pipe_connection.h"
#include "test_fault.h"

namespace epm {

namespace {

// Instances that wait for a client at the same time, so that clients rarely find none.
constexpr size_t listening_instances = 4;
// Bytes Windows may hold for the peer; a reply of usual size is written without waiting for the reader.
constexpr DWORD pipe_buffer = 64 * 1024;
constexpr DWORD retry_ms = 200;
// Tries, one after the other, in which no instance could be made to listen: ten seconds.
constexpr int max_failed_turns = 50;

void report_listener(uint32_t server, DWORD win32, bool over) {
  JsonWriter json;
  json.begin_object();
  json.member("kind", "listener");
  json.member("server", server);
  json.member("win32", static_cast<uint32_t>(win32));
  json.member("over", over);
  json.end_object();
  events().push(json.take());
}

PipeOptions checked(const epm_pipe_options& options) {
  PipeOptions copy{wide(options.name),      wide(options.sddl),           options.max_message,
                   options.max_connections, options.max_connections_user, options.first_message_ms};
  static const std::wstring prefix = L"\\\\.\\pipe\\";
  if (copy.name.compare(0, prefix.size(), prefix) != 0 || copy.name.size() > 256) fail("name", ERROR_INVALID_NAME);
  if (copy.max_message == 0 || copy.max_message > 16 * 1024 * 1024) fail("max_message", ERROR_INVALID_PARAMETER);
  if (copy.max_connections == 0 || copy.max_connections > 1000) fail("max_connections", ERROR_INVALID_PARAMETER);
  if (copy.max_connections_user == 0) fail("max_connections_user", ERROR_INVALID_PARAMETER);
  if (copy.first_message_ms == 0) fail("first_message_ms", ERROR_INVALID_PARAMETER);
  return copy;
}

struct Slot {
  ~Slot() {
    if (pending) end_transfer(pipe.get(), overlapped);
  }
  Handle pipe;
  Handle connected = make_event(true);
  OVERLAPPED overlapped{};
  bool pending = false;  // Windows has the structure
  bool listening = false;
};

// The event of the slot tells when a client is there, also when it was faster than this call.
void start_connect(Slot& slot) {
  check(ResetEvent(slot.connected.get()), "ResetEvent");
  slot.overlapped = OVERLAPPED{};
  slot.overlapped.hEvent = slot.connected.get();
  const DWORD error = ConnectNamedPipe(slot.pipe.get(), &slot.overlapped) ? ERROR_IO_PENDING : GetLastError();
  if (error != ERROR_IO_PENDING && error != ERROR_PIPE_CONNECTED) fail("ConnectNamedPipe", error);
  slot.pending = error == ERROR_IO_PENDING;
  if (!slot.pending) check(SetEvent(slot.connected.get()), "SetEvent");
  slot.listening = true;
}

}  // namespace

PipeServer::PipeServer(const epm_pipe_options& options, uint32_t id)
    : options_(checked(options)),
      id_(id),
      descriptor_(descriptor_from_sddl(options_.sddl.c_str())),
      stop_(make_event(true)) {
  (void)dacl_of(descriptor_);
}

std::shared_ptr<PipeServer> PipeServer::listen(const epm_pipe_options& options, uint32_t id) {
  const std::shared_ptr<PipeServer> server(new PipeServer(options, id));
  auto first = std::make_shared<Handle>(server->create_instance(true));
  server->listener_ = start_thread([server, first] { server->serve(std::move(*first)); });
  return server;
}

void PipeServer::stop() {
  SetEvent(stop_.get());
  WaitForSingleObject(listener_.get(), 5000);
}

Handle PipeServer::create_instance(bool first) {
#if defined(EPM_TEST_BED)
  if (is_told_to_fail(L"EPM_TEST_FAIL_INSTANCE")) fail("CreateNamedPipeW", ERROR_NOT_ENOUGH_MEMORY);
#endif
  SECURITY_ATTRIBUTES attributes{sizeof(attributes), descriptor_.get(), FALSE};
  // Wine does not enforce FILE_FLAG_FIRST_PIPE_INSTANCE, and has no protected prefixes: anybody may create the name.
  const DWORD open_mode = PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED | (first ? FILE_FLAG_FIRST_PIPE_INSTANCE : 0u);
  const DWORD pipe_mode = PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS;
  Handle pipe(CreateNamedPipeW(options_.name.c_str(), open_mode, pipe_mode, PIPE_UNLIMITED_INSTANCES, pipe_buffer,
                               pipe_buffer, 0, &attributes));
  check(static_cast<bool>(pipe), "CreateNamedPipeW");
  return pipe;
}

bool PipeServer::admit(const std::wstring& user) {
  Locked locked(lock_);
  uint32_t& count = connections_[user];
  if (total_ >= options_.max_connections || count >= options_.max_connections_user) {
    if (count == 0) connections_.erase(user);
    return false;
  }
  ++count;
  ++total_;
  return true;
}

void PipeServer::leave(const std::wstring& user) {
  Locked locked(lock_);
  const auto found = connections_.find(user);
  if (found == connections_.end()) return;
  --total_;
  if (--found->second == 0) connections_.erase(found);
}

// A client is connected. Half-open connections count for the user of the client's process, so that one user cannot
// hold all of them before the caller is identified. A shortage turns this client away and nobody else.
void PipeServer::accept(Handle pipe) {
  std::wstring user;
  bool admitted = false;
  DWORD error = ERROR_NOT_ENOUGH_MEMORY;
  try {
    user = provisional_user(pipe.get());
    admitted = admit(user);
    if (!admitted) {
      report_refused(id_, "busy", ERROR_PIPE_BUSY, user);
      return;
    }
#if defined(EPM_TEST_BED)
    if (is_told_to_fail(L"EPM_TEST_FAIL_ACCEPT")) throw std::bad_alloc();
#endif
    PipeConnection::start(shared_from_this(), std::move(pipe), user);
    return;
  } catch (const Failure& failure) {
    error = failure.win32;
  } catch (const std::exception&) {
    // Short of memory.
  }
  if (admitted) leave(user);
  report_refused(id_, "ioError", error, user);
}

void PipeServer::listen_on(Handle first) {
  std::array<Slot, listening_instances> slots;
  slots[0].pipe = std::move(first);
  bool was_complete = true;
  int failed_turns = 0;
  for (;;) {
#if defined(EPM_TEST_BED)
    if (is_told_to_fail(L"EPM_TEST_FAIL_LISTENER")) throw std::bad_alloc();
#endif
    DWORD error = ERROR_SUCCESS;
    size_t listening = 0;
    bool complete = true;
    for (Slot& slot : slots) {
      try {
        if (!slot.listening) {
          if (!slot.pipe) slot.pipe = create_instance(false);
          start_connect(slot);
        }
        ++listening;
      } catch (const Failure& failure) {
        slot.pipe.close();
        ResetEvent(slot.connected.get());
        complete = false;
        // A client that came and left already is no failure.
        if (failure.win32 != ERROR_NO_DATA) error = failure.win32;
      }
    }
    // The first failure is told, not each of the tries that follow it.
    if (error != ERROR_SUCCESS && was_complete) report_listener(id_, error, false);
    was_complete = error == ERROR_SUCCESS;
    failed_turns = listening == 0 && error != ERROR_SUCCESS ? failed_turns + 1 : 0;
    if (failed_turns >= max_failed_turns) fail("CreateNamedPipeW", error);

    HANDLE waits[listening_instances + 1];
    waits[0] = stop_.get();
    for (size_t i = 0; i < listening_instances; ++i) waits[i + 1] = slots[i].connected.get();
    const DWORD result = WaitForMultipleObjects(listening_instances + 1, waits, FALSE, complete ? INFINITE : retry_ms);
    if (result == WAIT_TIMEOUT) continue;
    if (result == WAIT_OBJECT_0) break;
    if (result > WAIT_OBJECT_0 + listening_instances) fail("WaitForMultipleObjects", GetLastError());
    Slot& slot = slots[result - WAIT_OBJECT_0 - 1];
    DWORD ignored = 0;
    const bool connected = !slot.pending || GetOverlappedResult(slot.pipe.get(), &slot.overlapped, &ignored, TRUE);
    Handle pipe = std::move(slot.pipe);
    slot.pending = false;
    slot.listening = false;
    ResetEvent(slot.connected.get());
    if (connected) accept(std::move(pipe));
  }
}

// An agent that listens no more must not go on as if it did. When not even that can be told, the process ends, and the
// service manager starts it again.
void PipeServer::serve(Handle first) {
  DWORD error = ERROR_NOT_ENOUGH_MEMORY;
  try {
    listen_on(std::move(first));
    return;
  } catch (const Failure& failure) {
    error = failure.win32;
  } catch (const std::exception&) {
    // Short of memory.
  }
  try {
    report_listener(id_, error, true);
  } catch (const std::exception&) {
    TerminateProcess(GetCurrentProcess(), error);
  }
}

}  // namespace epm
