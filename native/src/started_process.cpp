#include "started_process.h"

#include "event_queue.h"
#include "failure.h"
#include "json_writer.h"
#include "process_facts.h"
#include "thread.h"
#if defined(EPM_TEST_BED)
#include "platform.h"
#include "test_bed_devices.h"
#endif

namespace epm {

namespace {

constexpr DWORD poll_ms = 1000;

void serve_port(HANDLE port) {
  for (;;) {
    DWORD message = 0;
    ULONG_PTR key = 0;
    OVERLAPPED* process_id = nullptr;  // of these messages, a process id, not a structure
    const bool arrived = GetQueuedCompletionStatus(port, &message, &key, &process_id, poll_ms);
    if (arrived) {
      if (message != JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO) continue;
      const auto process = processes().find(static_cast<uint32_t>(key));
      if (process) process->check_tree(true);
    } else {
      for (const auto& process : processes().all()) process->check_tree(false);
    }
  }
}

HANDLE job_port() {
  static Lock lock;
  static HANDLE port = nullptr;
  Locked locked(lock);
  if (!port) {
    Handle made(CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 1));
    check(static_cast<bool>(made), "CreateIoCompletionPort");
    const HANDLE raw = made.get();
    start_thread([raw] { serve_port(raw); });
    port = made.detach();
  }
  return port;
}

}  // namespace

ObjectTable<StartedProcess>& processes() {
  static auto* const table = new ObjectTable<StartedProcess>;
  return *table;
}

void attach_to_port(HANDLE job, uint32_t id) {
  JOBOBJECT_ASSOCIATE_COMPLETION_PORT association{reinterpret_cast<void*>(static_cast<ULONG_PTR>(id)), job_port()};
  check(SetInformationJobObject(job, JobObjectAssociateCompletionPortInformation, &association, sizeof(association)),
        "SetInformationJobObject(AssociateCompletionPort)");
}

StartedProcess::StartedProcess(uint32_t id, Handle process, Handle thread, Handle job,
                               std::shared_ptr<ProgramStreams> streams)
    : id_(id),
      process_(std::move(process)),
      thread_(std::move(thread)),
      job_(std::move(job)),
      streams_(std::move(streams)) {}

StartedProcess::~StartedProcess() { delete wait_context_; }

void StartedProcess::watch() {
  wait_context_ = new std::weak_ptr<StartedProcess>(weak_from_this());
  check(RegisterWaitForSingleObject(&wait_, process_.get(), exited, wait_context_, INFINITE, WT_EXECUTEONLYONCE),
        "RegisterWaitForSingleObject");
}

void CALLBACK StartedProcess::exited(void* context, BOOLEAN) {
  const auto process = static_cast<std::weak_ptr<StartedProcess>*>(context)->lock();
  if (process) process->report_exit();
}

void StartedProcess::report_exit() {
  Locked locked(lock_);
  if (exit_reported_ || WaitForSingleObject(process_.get(), 0) != WAIT_OBJECT_0) return;
  DWORD code = 0;
  FILETIME created{};
  FILETIME ended{};
  FILETIME kernel{};
  FILETIME user{};
  if (!GetExitCodeProcess(process_.get(), &code)) code = ERROR_GEN_FAILURE;
  if (!GetProcessTimes(process_.get(), &created, &ended, &kernel, &user) || unix_milliseconds(ended) == 0) {
    GetSystemTimeAsFileTime(&ended);
  }
  exit_reported_ = true;
  JsonWriter json;
  json.begin_object();
  json.member("kind", "exit");
  json.member("process", id_);
  json.member("code", static_cast<uint32_t>(code));
  json.member("time", unix_milliseconds(ended));
  json.end_object();
  events().push(json.take());
}

void StartedProcess::check_tree(bool port_says_empty) {
  if (!port_says_empty) {
    JOBOBJECT_BASIC_ACCOUNTING_INFORMATION accounting{};
    if (!QueryInformationJobObject(job_.get(), JobObjectBasicAccountingInformation, &accounting, sizeof(accounting),
                                   nullptr) ||
        accounting.ActiveProcesses != 0) {
      return;
    }
  }
  // The last process leaves its job a moment before it is signalled.
  WaitForSingleObject(process_.get(), 1000);
  report_exit();
  Locked locked(lock_);
  if (!exit_reported_ || empty_reported_) return;
  empty_reported_ = true;
  JsonWriter json;
  json.begin_object();
  json.member("kind", "treeEmpty");
  json.member("process", id_);
  json.end_object();
  events().push(json.take());
}

void StartedProcess::resume() {
  Locked locked(lock_);
  if (resumed_) fail("ResumeThread", ERROR_INVALID_STATE);
#if defined(EPM_TEST_BED)
  if (is_wine()) let_drives_see(thread_.get());
#endif
  if (ResumeThread(thread_.get()) == static_cast<DWORD>(-1)) fail("ResumeThread", GetLastError());
  resumed_ = true;
  thread_.close();
}

void StartedProcess::terminate(DWORD exit_code) {
  check(TerminateJobObject(job_.get(), exit_code), "TerminateJobObject");
}

void StartedProcess::release() {
  if (streams_) streams_->stop();
  // INVALID_HANDLE_VALUE: waits for a callback that runs now.
  if (wait_) UnregisterWaitEx(wait_, INVALID_HANDLE_VALUE);
  wait_ = nullptr;
  Locked locked(lock_);
  if (!resumed_) TerminateJobObject(job_.get(), ERROR_CANCELLED);
}

ProgramStreams& StartedProcess::streams() const {
  if (!streams_) fail("streams", ERROR_INVALID_STATE);
  return *streams_;
}

std::string StartedProcess::facts() const { return process_facts(process_.get(), thread_.get(), job_.get()); }

}  // namespace epm
