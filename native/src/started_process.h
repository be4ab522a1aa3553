// A process that was started here, with the job that holds its whole tree.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "broker.h"
#include "handle.h"
#include "lock.h"
#include "object_table.h"
#include "program_streams.h"

namespace epm {

class StartedProcess : public std::enable_shared_from_this<StartedProcess> {
 public:
  StartedProcess(uint32_t id, Handle process, Handle thread, Handle job, std::shared_ptr<ProgramStreams> streams);
  ~StartedProcess();
  StartedProcess(const StartedProcess&) = delete;
  StartedProcess& operator=(const StartedProcess&) = delete;

  // Begins to report {"kind":"exit"} and {"kind":"treeEmpty"}, each once, exit first.
  void watch();
  // Begins to report {"kind":"stopped"} for each further process of the tree, and {"kind":"unwatched"} when the tree was
  // ended because the broker has gone or a process of its job is not under the broker's debugger: before the end of the process.
  void judge(std::shared_ptr<Broker> broker);
  void resume();
  void terminate(DWORD exit_code);
  // Ends the reports. A process that never ran an instruction is ended: nobody could resume it any more.
  void release();
  std::string facts() const;
  // What is stopped, as JSON, and a handle of its image; each can be taken once. Throws ERROR_INVALID_HANDLE.
  std::string take_stopped(uint32_t stopped, Handle& image);
  // Lets it run, or ends its process. Nothing happens when it is gone.
  void answer(uint32_t stopped, bool run);
  // Throws ERROR_INVALID_STATE when the process was started without them.
  ProgramStreams& streams() const;

  // From the job's completion port, and from time to time because its messages are not guaranteed.
  void check_tree(bool port_says_empty);
  // What the port says of one process of the job.
  void process_came(DWORD process_id);
  void process_went(DWORD process_id);

 private:
  struct Stopped {
    bool is_library;
    DWORD process_id;
    DWORD parent_process_id;
    std::optional<std::wstring> command_line;
    Handle image;
  };
  void take_frame(const Frame& frame);
  void add_stopped(const Frame& frame);
  void tell_stopped(uint32_t stopped) const;
  void ask_for_witness(DWORD process_id);
  void ask_for_all();
  void notice_gone_broker();
  void end_unwatched(const char* why);
  void end_late_ones();

  static void CALLBACK exited(void* context, BOOLEAN timed_out);
  void report_exit();

  const uint32_t id_;
  Handle process_;
  Handle thread_;
  Handle job_;
  const std::shared_ptr<ProgramStreams> streams_;
  std::shared_ptr<Broker> broker_;
  std::unordered_map<uint32_t, Stopped> stopped_;
  std::vector<uint32_t> early_;  // stopped before this was resumed
  std::unordered_set<DWORD> witnessed_;
  HANDLE wait_ = nullptr;
  std::weak_ptr<StartedProcess>* wait_context_ = nullptr;
  Lock lock_;
  bool resumed_ = false;
  bool exit_reported_ = false;
  bool empty_reported_ = false;
  bool unwatched_ = false;
  std::optional<DWORD> ended_;  // the exit code with which the tree was ended
  bool released_ = false;
};

ObjectTable<StartedProcess>& processes();

// Connects the job with the completion port of this process; its messages reach the object with this id.
void attach_to_port(HANDLE job, uint32_t id);

}  // namespace epm
