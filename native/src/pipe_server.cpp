#include "pipe_server.h"

#include <array>
#include <exception>

#include "caller.h"
#include "failure.h"
#include "pipe_connection.h"

namespace epm {

namespace {

// Instances that wait for a client at the same time, so that clients rarely find none.
constexpr size_t listening_instances = 4;
// Bytes Windows may hold for the peer; a reply of usual size is written without waiting for the reader.
constexpr DWORD pipe_buffer = 64 * 1024;
constexpr DWORD retry_ms = 200;

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
  Handle pipe;
  Handle connected = make_event(true);
  OVERLAPPED overlapped{};
  bool listening = false;
  bool already_connected = false;
};

// The event of the slot tells when a client is there, also when it was faster than this call.
void start_connect(Slot& slot) {
  check(ResetEvent(slot.connected.get()), "ResetEvent");
  slot.overlapped = OVERLAPPED{};
  slot.overlapped.hEvent = slot.connected.get();
  slot.already_connected = false;
  slot.listening = true;
  if (ConnectNamedPipe(slot.pipe.get(), &slot.overlapped)) return;
  const DWORD error = GetLastError();
  if (error == ERROR_IO_PENDING) return;
  if (error != ERROR_PIPE_CONNECTED) fail("ConnectNamedPipe", error);
  slot.already_connected = true;
  check(SetEvent(slot.connected.get()), "SetEvent");
}

}  // namespace

PipeServer::PipeServer(const epm_pipe_options& options)
    : options_(checked(options)), descriptor_(descriptor_from_sddl(options_.sddl.c_str())), stop_(make_event(true)) {
  (void)dacl_of(descriptor_);
}

std::shared_ptr<PipeServer> PipeServer::listen(const epm_pipe_options& options) {
  const std::shared_ptr<PipeServer> server(new PipeServer(options));
  auto first = std::make_shared<Handle>(server->create_instance(true));
  server->listener_ = start_thread([server, first] { server->serve(std::move(*first)); });
  return server;
}

void PipeServer::stop() {
  SetEvent(stop_.get());
  WaitForSingleObject(listener_.get(), 5000);
}

Handle PipeServer::create_instance(bool first) {
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
// hold all of them before the caller is identified.
void PipeServer::accept(Handle pipe) {
  const std::wstring user = provisional_user(pipe.get());
  if (!admit(user)) {
    report_refused("busy", ERROR_PIPE_BUSY, user);
    return;
  }
  try {
    PipeConnection::start(shared_from_this(), std::move(pipe), user);
  } catch (const Failure& failure) {
    leave(user);
    report_refused("ioError", failure.win32, user);
  }
}

void PipeServer::serve(Handle first) {
  try {
    std::array<Slot, listening_instances> slots;
    slots[0].pipe = std::move(first);
    for (;;) {
      bool complete = true;
      for (Slot& slot : slots) {
        if (slot.listening) continue;
        try {
          if (!slot.pipe) slot.pipe = create_instance(false);
          start_connect(slot);
        } catch (const Failure&) {
          // Short of memory or instances, or a client came and left already: tried again soon.
          slot.pipe.close();
          slot.listening = false;
          ResetEvent(slot.connected.get());
          complete = false;
        }
      }
      HANDLE waits[listening_instances + 1];
      waits[0] = stop_.get();
      for (size_t i = 0; i < listening_instances; ++i) waits[i + 1] = slots[i].connected.get();
      const DWORD result =
          WaitForMultipleObjects(listening_instances + 1, waits, FALSE, complete ? INFINITE : retry_ms);
      if (result == WAIT_TIMEOUT) continue;
      if (result == WAIT_OBJECT_0 || result > WAIT_OBJECT_0 + listening_instances) break;
      Slot& slot = slots[result - WAIT_OBJECT_0 - 1];
      DWORD ignored = 0;
      const bool connected =
          slot.already_connected || GetOverlappedResult(slot.pipe.get(), &slot.overlapped, &ignored, FALSE);
      Handle pipe = std::move(slot.pipe);
      slot.listening = false;
      ResetEvent(slot.connected.get());
      if (connected) accept(std::move(pipe));
    }
    for (Slot& slot : slots) {
      DWORD ignored = 0;
      if (slot.pipe && CancelIoEx(slot.pipe.get(), &slot.overlapped)) {
        GetOverlappedResult(slot.pipe.get(), &slot.overlapped, &ignored, TRUE);
      }
    }
  } catch (const Failure& failure) {
    // Nobody listens any more; the agent sees it as a refused client that it did not expect.
    report_refused("ioError", failure.win32, L"");
  } catch (const std::exception&) {
    report_refused("ioError", ERROR_NOT_ENOUGH_MEMORY, L"");
  }
}

}  // namespace epm
