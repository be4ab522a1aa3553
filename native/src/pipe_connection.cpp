#include "pipe_connection.h"

#include <exception>

#include "event_queue.h"
#include "failure.h"
#include "json_writer.h"
#include "overlapped.h"

namespace epm {

namespace {

void report(const char* kind, uint32_t server, uint32_t connection) {
  JsonWriter json;
  json.begin_object();
  json.member("kind", kind);
  json.member("server", server);
  json.member("connection", connection);
  json.end_object();
  events().push(json.take());
}

}  // namespace

void report_refused(uint32_t server, const char* reason, DWORD win32, const std::wstring& user) {
  JsonWriter json;
  json.begin_object();
  json.member("kind", "refused");
  json.member("server", server);
  json.member("reason", reason);
  json.member("win32", static_cast<uint32_t>(win32));
  json.member("user", user);
  json.end_object();
  events().push_droppable(json.take());
}

ObjectTable<PipeConnection>& connections() {
  static auto* const table = new ObjectTable<PipeConnection>;
  return *table;
}

PipeConnection::PipeConnection(std::shared_ptr<PipeServer> server, Handle pipe, std::wstring user)
    : server_(std::move(server)),
      pipe_(std::move(pipe)),
      counted_user_(std::move(user)),
      wake_(make_event(false)),
      read_done_(make_event(true)),
      write_done_(make_event(true)),
      buffer_(server_->options().max_message),
      deadline_(GetTickCount64() + server_->options().first_message_ms) {}

void PipeConnection::start(std::shared_ptr<PipeServer> server, Handle pipe, std::wstring user) {
  const std::shared_ptr<PipeConnection> connection(
      new PipeConnection(std::move(server), std::move(pipe), std::move(user)));
  start_thread([connection] { connection->run(); });
}

// ---- called from any thread ---------------------------------------------------------------------------------------

bool PipeConnection::read(size_t capacity, Message& message) {
  Locked locked(lock_);
  if (inbox_.empty()) return false;
  if (inbox_.front().size() > capacity) {
    message = inbox_.front();
    return true;
  }
  message = std::move(inbox_.front());
  inbox_.pop_front();
  return true;
}

void PipeConnection::write(const uint8_t* bytes, size_t length) {
  if (length == 0 || length > max_queued) fail("epm_pipe_write", ERROR_INVALID_PARAMETER);
  const ULONGLONG end = GetTickCount64() + write_ms;
  Locked locked(lock_);
  while (!gone_ && !closing_ && queued_ != 0 && queued_ + length > max_queued) {
    const ULONGLONG now = GetTickCount64();
    if (now >= end) fail("epm_pipe_write", ERROR_TIMEOUT);
    room_.wait(locked, static_cast<DWORD>(end - now));
  }
  if (gone_ || closing_) fail("epm_pipe_write", ERROR_BROKEN_PIPE);
  outbox_.emplace_back(bytes, bytes + length);
  queued_ += length;
  SetEvent(wake_.get());
}

void PipeConnection::close() {
  Locked locked(lock_);
  closing_ = true;
  room_.notify();
  SetEvent(wake_.get());
}

// ---- the connection's own thread ----------------------------------------------------------------------------------

void PipeConnection::run() {
  try {
    serve();
  } catch (const Failure& failure) {
    if (id_ == 0) report_refused(server_->id(), "ioError", failure.win32, counted_user_);
  } catch (const std::exception&) {
    if (id_ == 0) report_refused(server_->id(), "ioError", ERROR_NOT_ENOUGH_MEMORY, counted_user_);
  }
  end();
}

DWORD PipeConnection::time_left() const {
  ULONGLONG end = UINT64_MAX;
  if (id_ == 0) end = deadline_;
  if (write_pending_ && write_deadline_ < end) end = write_deadline_;
  if (end == UINT64_MAX) return INFINITE;
  const ULONGLONG now = GetTickCount64();
  return end > now ? static_cast<DWORD>(end - now) : 0;
}

// A read is always pending, so a client that leaves is noticed at once.
void PipeConnection::serve() {
  if (!start_read()) return;
  const HANDLE waits[] = {server_->stopping(), read_done_.get(), write_done_.get(), wake_.get()};
  for (;;) {
    const DWORD result = WaitForMultipleObjects(4, waits, FALSE, time_left());
    switch (result) {
      case WAIT_OBJECT_0 + 1:
        if (!finish_read()) return;
        break;
      case WAIT_OBJECT_0 + 2:
        if (!finish_write() || !start_write()) return;
        break;
      case WAIT_OBJECT_0 + 3:
        if (!start_write()) return;
        break;
      case WAIT_TIMEOUT:
        if (id_ == 0) report_refused(server_->id(), "timeout", WAIT_TIMEOUT, counted_user_);
        return;
      default:  // the server stops, or the wait failed
        return;
    }
  }
}

// False: the connection is over.
bool PipeConnection::start_read() {
  check(ResetEvent(read_done_.get()), "ResetEvent");
  read_overlapped_ = OVERLAPPED{};
  read_overlapped_.hEvent = read_done_.get();
  const bool done =
      ReadFile(pipe_.get(), buffer_.data(), static_cast<DWORD>(buffer_.size()), nullptr, &read_overlapped_);
  const DWORD error = done ? ERROR_SUCCESS : GetLastError();
  if (error != ERROR_SUCCESS && error != ERROR_IO_PENDING) return read_failed(error);
  read_pending_ = true;  // also when it is done: the event is set then, and finish_read takes the result
  return true;
}

// A message that is longer than the buffer ends the connection, like every error. A client that leaves before it asked
// for anything is no event.
bool PipeConnection::read_failed(DWORD error) {
  const bool left = error == ERROR_BROKEN_PIPE || error == ERROR_PIPE_NOT_CONNECTED || error == ERROR_NO_DATA;
  if (id_ != 0 || left) return false;
  report_refused(server_->id(), error == ERROR_MORE_DATA ? "tooLarge" : "ioError", error, counted_user_);
  return false;
}

bool PipeConnection::finish_read() {
  DWORD length = 0;
  const bool done = GetOverlappedResult(pipe_.get(), &read_overlapped_, &length, FALSE);
  const DWORD error = done ? ERROR_SUCCESS : GetLastError();
  read_pending_ = false;
  if (error != ERROR_SUCCESS) return read_failed(error);
  return take_message(length) && start_read();
}

bool PipeConnection::take_message(size_t length) {
  const bool first = id_ == 0;
  if (first && !identify()) return false;
  {
    Locked locked(lock_);
    if (closing_) return true;  // nobody will ask for it
    if (inbox_.size() >= max_unread) return false;
    inbox_.emplace_back(buffer_.begin(), buffer_.begin() + static_cast<ptrdiff_t>(length));
  }
  if (!first) {
    report("message", server_->id(), id_);
    return true;
  }
  const uint32_t id = identifiers().next();
  connections().add(id, shared_from_this());
  id_ = id;
  report("request", server_->id(), id_);
  return true;
}

// The caller by impersonation. The half-open connection was counted for the user of the process; now it counts for the
// user it really is.
bool PipeConnection::identify() {
  try {
    caller_ = identify_caller(pipe_.get());
  } catch (const Failure& failure) {
    report_refused(server_->id(), "callerUnknown", failure.win32, L"");
    return false;
  }
  if (caller_.user == counted_user_) return true;
  server_->leave(counted_user_);
  counted_user_ = caller_.user;
  counted_ = server_->admit(counted_user_);
  if (counted_) return true;
  report_refused(server_->id(), "busy", ERROR_PIPE_BUSY, counted_user_);
  return false;
}

// False: closing was asked for and nothing is left to send.
bool PipeConnection::start_write() {
  if (write_pending_) return true;
  {
    Locked locked(lock_);
    if (outbox_.empty()) return !closing_;
    writing_ = std::move(outbox_.front());
    outbox_.pop_front();
  }
  check(ResetEvent(write_done_.get()), "ResetEvent");
  write_overlapped_ = OVERLAPPED{};
  write_overlapped_.hEvent = write_done_.get();
  write_deadline_ = GetTickCount64() + write_ms;
  if (!WriteFile(pipe_.get(), writing_.data(), static_cast<DWORD>(writing_.size()), nullptr, &write_overlapped_)) {
    const DWORD error = GetLastError();
    if (error != ERROR_IO_PENDING) fail("WriteFile", error);
  }
  write_pending_ = true;
  return true;
}

bool PipeConnection::finish_write() {
  DWORD length = 0;
  const bool done = GetOverlappedResult(pipe_.get(), &write_overlapped_, &length, FALSE);
  write_pending_ = false;
  check(ResetEvent(write_done_.get()), "ResetEvent");
  Locked locked(lock_);
  queued_ -= writing_.size();
  room_.notify();
  return done && length == writing_.size();
}

void PipeConnection::end() {
  if (read_pending_) end_transfer(pipe_.get(), read_overlapped_);
  if (write_pending_) end_transfer(pipe_.get(), write_overlapped_);
  // Closed, not disconnected: DisconnectNamedPipe would throw away what the client has not read yet.
  pipe_.close();
  if (counted_) server_->leave(counted_user_);
  bool closing = false;
  {
    Locked locked(lock_);
    gone_ = true;
    closing = closing_;
    room_.notify();
  }
  if (id_ != 0 && !closing && WaitForSingleObject(server_->stopping(), 0) != WAIT_OBJECT_0) {
    report("disconnected", server_->id(), id_);
  }
}

}  // namespace epm
