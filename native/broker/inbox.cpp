#include "inbox.h"

#include "thread.h"

namespace broker {

namespace {

// The agent takes one answer at a time. More than this waiting is not its doing.
constexpr size_t max_frames = 4096;

// TerminateProcess and not ExitProcess, which waits for locks that a thread may hold.
[[noreturn]] void leave(DWORD code) {
  TerminateProcess(GetCurrentProcess(), code);
  for (;;) Sleep(INFINITE);
}

void read_all(HANDLE pipe, void* to, DWORD size) {
  auto* const bytes = static_cast<uint8_t*>(to);
  for (DWORD at = 0; at < size;) {
    DWORD length = 0;
    if (!ReadFile(pipe, bytes + at, size - at, &length, nullptr) || length == 0) leave(ERROR_BROKEN_PIPE);
    at += length;
  }
}

}  // namespace

Inbox::Inbox(HANDLE pipe) : pipe_(pipe), arrived_(epm::make_event(true)) {
  epm::start_thread([this] { serve(); });
}

void Inbox::serve() {
  try {
    for (;;) {
      epm::FrameHeader header{};
      read_all(pipe_, &header, sizeof(header));
      if (header.length > epm::max_frame) leave(ERROR_INVALID_DATA);
      epm::Frame frame{static_cast<epm::FrameKind>(header.kind), std::vector<uint8_t>(header.length)};
      read_all(pipe_, frame.body.data(), header.length);
      epm::Locked locked(lock_);
      if (frames_.size() >= max_frames) leave(ERROR_TOO_MANY_CMDS);
      frames_.push_back(std::move(frame));
      SetEvent(arrived_.get());
    }
  } catch (const std::exception&) {
    leave(ERROR_NOT_ENOUGH_MEMORY);
  }
}

std::optional<epm::Frame> Inbox::take() {
  epm::Locked locked(lock_);
  if (frames_.empty()) {
    ResetEvent(arrived_.get());
    return std::nullopt;
  }
  epm::Frame frame = std::move(frames_.front());
  frames_.pop_front();
  return frame;
}

void send(HANDLE pipe, epm::FrameWriter& frame) {
  const std::vector<uint8_t>& bytes = frame.take();
  for (size_t at = 0; at < bytes.size();) {
    DWORD written = 0;
    if (!WriteFile(pipe, bytes.data() + at, static_cast<DWORD>(bytes.size() - at), &written, nullptr) || written == 0)
      leave(ERROR_BROKEN_PIPE);
    at += written;
  }
}

}  // namespace broker
