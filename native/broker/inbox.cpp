#include "inbox.h"

#include "thread.h"
#if defined(EPM_TEST_BED)
#include "test_fault.h"
#endif

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

void write_all(HANDLE pipe, const uint8_t* bytes, size_t size) {
  for (size_t at = 0; at < size;) {
    DWORD written = 0;
    if (!WriteFile(pipe, bytes + at, static_cast<DWORD>(size - at), &written, nullptr) || written == 0)
      leave(ERROR_BROKEN_PIPE);
    at += written;
  }
}

#if defined(EPM_TEST_BED)
// The variable EPM_TEST_FAIL_FRAME=N lets the Nth frame go wrong, of those that come and those that go. EPM_TEST_FRAME_WAY
// says how: this process ends (b)efore it, after (h)alf of it, or (a)fter it; its (l)ength or its (k)ind is wrong; it is
// lost in (s)ilence, or one (w)aits for its second half. 0: it does not go wrong.
wchar_t fault_of_frame(uint32_t kind) {
  static epm::Lock lock;
  epm::Locked locked(lock);
  if (!epm::is_told_to_fail(L"EPM_TEST_FAIL_FRAME")) return 0;
  epm::report_fault(("frame " + std::to_string(kind)).c_str());
  wchar_t way[16];
  const DWORD length = GetEnvironmentVariableW(L"EPM_TEST_FRAME_WAY", way, 16);
  return length == 0 || length >= 16 ? 0 : way[0];
}

// Reads the rest of a frame. False: nobody gets it.
bool take_wrong(wchar_t way, HANDLE pipe, epm::Frame& frame) {
  if (way == L'b') leave(ERROR_BROKEN_PIPE);
  const auto length = static_cast<DWORD>(frame.body.size());
  read_all(pipe, frame.body.data(), way == L'h' ? length / 2 : length);
  if (way == L'h' || way == L'a') leave(ERROR_BROKEN_PIPE);
  if (way == L'l') frame.body.resize(length / 2);
  if (way == L'k') frame.kind = static_cast<epm::FrameKind>(99);
  return way != L's' && way != L'w';
}

void send_wrong(wchar_t way, HANDLE pipe, std::vector<uint8_t> bytes) {
  const epm::FrameHeader wrong{epm::max_frame + 1, 99};
  if (way == L'l') std::memcpy(bytes.data(), &wrong.length, sizeof(wrong.length));
  if (way == L'k') std::memcpy(bytes.data() + sizeof(wrong.length), &wrong.kind, sizeof(wrong.kind));
  const bool is_half = way == L'h' || way == L'w';
  if (way != L'b' && way != L's') write_all(pipe, bytes.data(), is_half ? bytes.size() / 2 : bytes.size());
  if (way == L'b' || way == L'h' || way == L'a') leave(ERROR_BROKEN_PIPE);
}
#endif

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
#if defined(EPM_TEST_BED)
      if (const wchar_t way = fault_of_frame(header.kind); way != 0) {
        if (!take_wrong(way, pipe_, frame)) continue;
        header.length = 0;
      }
#endif
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
#if defined(EPM_TEST_BED)
  epm::FrameHeader header{};
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (const wchar_t way = fault_of_frame(header.kind); way != 0) return send_wrong(way, pipe, bytes);
#endif
  write_all(pipe, bytes.data(), bytes.size());
}

}  // namespace broker
