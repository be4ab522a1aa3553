// What the agent and its broker say to each other: frames of a kind and a body, each read whole and checked before use.
// Handles are numbers of the broker's process; the agent duplicates into it and out of it.
#pragma once

#include <cstring>
#include <string>
#include <vector>

#include "failure.h"

namespace epm {

enum class FrameKind : uint32_t {
  start = 1,  // agent: StartNumbers, then path, command line, environment, directory, desktop, security of the process
  verdict = 2,  // agent: VerdictBody
  witness = 3,  // agent: WitnessBody
  started = 4,  // broker: StartedBody
  failed = 5,   // broker: FailedBody
  process = 6,  // broker: StoppedBody, then command line
  library = 7,  // broker: StoppedBody
  unseen = 8,   // broker: WitnessBody, of a process that is not under its debugger
};

struct FrameHeader {
  uint32_t length;  // bytes behind this structure
  uint32_t kind;
};

// A path, a command line and an environment of the longest that Windows takes, and room.
inline constexpr uint32_t max_frame = 512 * 1024;

enum StartFlag : uint32_t { start_judged = 1, start_libraries = 2, start_streams = 4, start_hidden_console = 8 };

struct StartNumbers {
  uint64_t token;
  uint64_t job;
  uint64_t input;
  uint64_t output;
  uint64_t error;
  uint32_t flags;
  uint32_t show_window;
};

struct VerdictBody {
  uint32_t id;
  uint32_t run;  // 0: the process is ended
};

struct WitnessBody {
  uint32_t process_id;
};

struct StartedBody {
  uint64_t process;
  uint64_t thread;
  uint32_t process_id;
  uint32_t reserved;
};

struct FailedBody {
  uint32_t win32;
  char step[60];  // NUL-terminated
};

struct StoppedBody {
  uint64_t image;  // 0: Windows gave none
  uint32_t id;
  uint32_t process_id;
  uint32_t parent_process_id;
  uint32_t has_command_line;
};

class FrameWriter {
 public:
  explicit FrameWriter(FrameKind kind) { body(FrameHeader{0, static_cast<uint32_t>(kind)}); }
  template <typename T>
  FrameWriter& body(const T& value) {
    return raw(&value, sizeof(value));
  }
  FrameWriter& text(const wchar_t* units, size_t count) {
    body(static_cast<uint32_t>(count));
    return raw(units, count * sizeof(wchar_t));
  }
  FrameWriter& text(const std::wstring& value) { return text(value.data(), value.size()); }
  // The frame, with its length. Throws ERROR_INVALID_PARAMETER when it is longer than anybody reads.
  const std::vector<uint8_t>& take() {
    const size_t length = bytes_.size() - sizeof(FrameHeader);
    if (length > max_frame) fail("frame", ERROR_INVALID_PARAMETER);
    const auto written = static_cast<uint32_t>(length);
    std::memcpy(bytes_.data(), &written, sizeof(written));
    return bytes_;
  }

 private:
  FrameWriter& raw(const void* from, size_t size) {
    const size_t at = bytes_.size();
    bytes_.resize(at + size);
    if (size != 0) std::memcpy(bytes_.data() + at, from, size);
    return *this;
  }

  std::vector<uint8_t> bytes_;
};

struct Frame {
  FrameKind kind;
  std::vector<uint8_t> body;
};

// Reads a body in order; what does not fit throws ERROR_INVALID_DATA.
class FrameReader {
 public:
  explicit FrameReader(const Frame& frame) : bytes_(frame.body) {}
  template <typename T>
  T body() {
    T value;
    raw(&value, sizeof(value));
    return value;
  }
  std::wstring text() {
    const auto count = body<uint32_t>();
    if (count > max_frame / sizeof(wchar_t)) fail("frame", ERROR_INVALID_DATA);
    std::wstring value(count, L'\0');
    raw(value.data(), count * sizeof(wchar_t));
    return value;
  }
  void end() const {
    if (at_ != bytes_.size()) fail("frame", ERROR_INVALID_DATA);
  }

 private:
  void raw(void* to, size_t size) {
    if (size > bytes_.size() - at_) fail("frame", ERROR_INVALID_DATA);
    if (size != 0) std::memcpy(to, bytes_.data() + at_, size);
    at_ += size;
  }

  const std::vector<uint8_t>& bytes_;
  size_t at_ = 0;
};

}  // namespace epm
