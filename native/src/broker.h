// A process of epmbroker.exe, seen from the agent: it starts programs on the agent's behalf, and stops what they start.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "broker_frames.h"
#include "create_program.h"
#include "handle.h"
#include "lock.h"
#include "object_table.h"

namespace epm {

class Broker : public std::enable_shared_from_this<Broker> {
 public:
  // Starts one. `program`: absolute path of epmbroker.exe, which the caller has compared with the build.
  static std::shared_ptr<Broker> launch(const wchar_t* program);
  // Ends it, and with it every program that it debugs.
  ~Broker();
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;

  DWORD process_id() const { return process_id_; }
  // Whether it has gone, or goes within the time.
  bool has_gone(DWORD within_ms) const { return WaitForSingleObject(process_.get(), within_ms) == WAIT_OBJECT_0; }

  // Duplicates a handle of this process into the broker.
  uint64_t give(HANDLE handle, bool inheritable);
  // Duplicates a handle of the broker into this process; the broker's own stays.
  Handle copy(uint64_t handle);

  struct Answer {
    std::optional<Failure> error;  // why no program was created
    StartedBody created;
  };
  // Asks for a program, and waits for it. The frame is of the kind `start`. Throws Failure with the step "broker" when
  // nothing is known of the program: the broker must be ended then.
  Answer start(FrameWriter& frame);
  // Takes the handles of a created program over.
  CreatedProgram take(const Answer& answer);
  // Gives every further frame to the handler, on a thread of its own, until the broker is gone: then `gone` is called.
  void watch(std::function<void(const Frame&)> handler, std::function<void()> gone);
  // Throws Failure with the step "broker" when it does not take the frame.
  void send(FrameWriter& frame);
  void end();

 private:
  Broker(Handle job, Handle process, DWORD process_id, Handle requests, Handle answers);
  Handle duplicate(uint64_t handle, DWORD options);
  Frame read_frame(DWORD timeout_ms);
  void read_all(void* to, size_t size, ULONGLONG end);
  // Waits for what is under way; `end` in milliseconds of GetTickCount64, 0: for ever.
  [[noreturn]] void fail_gone();
  DWORD wait(HANDLE pipe, OVERLAPPED& overlapped, ULONGLONG end);

  Handle job_;
  Handle process_;
  const DWORD process_id_;
  Handle requests_;
  Handle answers_;
  Handle written_;
  Handle read_;
  Lock writing_;
};

// Those that have not begun to watch a tree.
ObjectTable<Broker>& brokers();

}  // namespace epm
