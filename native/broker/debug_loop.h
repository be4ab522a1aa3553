// Stops every process of a tree before its first instruction and asks the agent whether it may run.
#pragma once

#include <unordered_map>
#include <unordered_set>

#include "inbox.h"

namespace broker {

class DebugLoop {
 public:
  // On the thread that created the first process with DEBUG_PROCESS. `libraries`: each library is asked about too.
  DebugLoop(Inbox& inbox, HANDLE answers, DWORD first_process_id, bool libraries);
  // Returns never: the process ends with the agent's end of the pipe.
  [[noreturn]] void run();

 private:
  struct Watched {
    HANDLE process;  // of the debug event; Windows closes it with the event of the end
    // Exceptions that the loader of Windows raises once in each process under a debugger.
    bool had_breakpoint = false;
    bool had_breakpoint32 = false;
    bool witnessed = false;
  };
  struct Pending {
    DWORD process_id;
    DWORD thread_id;
    epm::Handle image;
  };

  void take_frames();
  void take_events();
  void handle(const DEBUG_EVENT& event);
  DWORD status_of(const EXCEPTION_DEBUG_INFO& exception, DWORD process_id);
  void process_created(const DEBUG_EVENT& event);
  void process_ended(DWORD process_id);
  void ask(epm::FrameKind kind, const DEBUG_EVENT& event, HANDLE process, epm::Handle image);
  void answer(const epm::VerdictBody& verdict);
  void witness(DWORD process_id);
  bool is_under_this(DWORD process_id) const;

  Inbox& inbox_;
  const HANDLE answers_;
  const DWORD first_process_id_;
  const bool libraries_;
  HANDLE debug_object_ = nullptr;  // of this thread
  bool had_first_ = false;
  uint32_t last_id_ = 0;
  std::unordered_map<DWORD, Watched> watched_;
  std::unordered_map<uint32_t, Pending> pending_;
  // Processes that ended before the agent asked about them, by how often, and those it asked about before they came.
  std::unordered_map<DWORD, uint32_t> ended_;
  std::unordered_set<DWORD> expected_;
};

}  // namespace broker
