// A process that was started here, with the job that holds its whole tree.
#pragma once

#include <memory>
#include <string>

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
  void resume();
  void terminate(DWORD exit_code);
  // Ends the reports. A process that never ran an instruction is ended: nobody could resume it any more.
  void release();
  std::string facts() const;
  // Throws ERROR_INVALID_STATE when the process was started without them.
  ProgramStreams& streams() const;

  // From the job's completion port, and from time to time because its messages are not guaranteed.
  void check_tree(bool port_says_empty);

 private:
  static void CALLBACK exited(void* context, BOOLEAN timed_out);
  void report_exit();

  const uint32_t id_;
  Handle process_;
  Handle thread_;
  Handle job_;
  const std::shared_ptr<ProgramStreams> streams_;
  HANDLE wait_ = nullptr;
  std::weak_ptr<StartedProcess>* wait_context_ = nullptr;
  Lock lock_;
  bool resumed_ = false;
  bool exit_reported_ = false;
  bool empty_reported_ = false;
};

ObjectTable<StartedProcess>& processes();

// Connects the job with the completion port of this process; its messages reach the object with this id.
void attach_to_port(HANDLE job, uint32_t id);

}  // namespace epm
