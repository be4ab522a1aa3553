#include "started_process.h"

#include <vector>

#include "event_queue.h"
#include "failure.h"
#include "json_writer.h"
#include "process_facts.h"
#include "thread.h"
#if defined(EPM_TEST_BED)
#include "platform.h"
#include "test_bed_devices.h"
#include "test_bed_libraries.h"
#endif

namespace epm {

namespace {

constexpr DWORD poll_ms = 1000;

void serve(DWORD message, ULONG_PTR key, DWORD process_id) {
  const auto process = processes().find(static_cast<uint32_t>(key));
  if (!process) return;
  switch (message) {
    case JOB_OBJECT_MSG_NEW_PROCESS:
      return process->process_came(process_id);
    case JOB_OBJECT_MSG_EXIT_PROCESS:
    case JOB_OBJECT_MSG_ABNORMAL_EXIT_PROCESS:
      return process->process_went(process_id);
    case JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO:
      return process->check_tree(true);
  }
}

void serve_port(HANDLE port) {
  ULONGLONG next = GetTickCount64() + poll_ms;
  for (;;) {
    DWORD message = 0;
    ULONG_PTR key = 0;
    OVERLAPPED* process_id = nullptr;  // of these messages, a process id, not a structure
    if (GetQueuedCompletionStatus(port, &message, &key, &process_id, poll_ms)) {
      serve(message, key, static_cast<DWORD>(reinterpret_cast<uintptr_t>(process_id)));
    }
    // Also while messages come: one tree could make some all the time.
    if (GetTickCount64() < next) continue;
    for (const auto& process : processes().all()) process->check_tree(false);
    next = GetTickCount64() + poll_ms;
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
  notice_gone_broker();
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
    ask_for_all();
    JOBOBJECT_BASIC_ACCOUNTING_INFORMATION accounting{};
    if (!QueryInformationJobObject(job_.get(), JobObjectBasicAccountingInformation, &accounting, sizeof(accounting),
                                   nullptr)) {
      return;
    }
    if (accounting.ActiveProcesses != 0) return end_late_ones();
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
  // It ended with its broker, or somebody ended it: it has not run, and must not look like one that ended by itself.
  if (WaitForSingleObject(process_.get(), 0) == WAIT_OBJECT_0) fail("ResumeThread", ERROR_PROCESS_ABORTED);
#if defined(EPM_TEST_BED)
  if (is_wine()) let_drives_see(thread_.get());
#endif
  if (ResumeThread(thread_.get()) == static_cast<DWORD>(-1)) fail("ResumeThread", GetLastError());
  resumed_ = true;
  thread_.close();
  for (const uint32_t stopped : early_) tell_stopped(stopped);
  early_.clear();
}

void StartedProcess::terminate(DWORD exit_code) {
  {
    Locked locked(lock_);
    ended_ = exit_code;
  }
  check(TerminateJobObject(job_.get(), exit_code), "TerminateJobObject");
}

// A process that was just being created while its tree was ended may have come into the job after that.
void StartedProcess::end_late_ones() {
  Locked locked(lock_);
  if (ended_) TerminateJobObject(job_.get(), *ended_);
}

void StartedProcess::release() {
  if (streams_) streams_->stop();
  // INVALID_HANDLE_VALUE: waits for a callback that runs now.
  if (wait_) UnregisterWaitEx(wait_, INVALID_HANDLE_VALUE);
  wait_ = nullptr;
  Locked locked(lock_);
  released_ = true;
  stopped_.clear();
  if (!resumed_) TerminateJobObject(job_.get(), ERROR_CANCELLED);
  // A tree that nobody answers for ends.
  if (broker_) broker_->end();
}

ProgramStreams& StartedProcess::streams() const {
  if (!streams_) fail("streams", ERROR_INVALID_STATE);
  return *streams_;
}

// ---- processes that the broker has stopped ------------------------------------------------------------------------

void StartedProcess::judge(std::shared_ptr<Broker> broker) {
  {
    Locked locked(lock_);
    broker_ = broker;
  }
  const std::weak_ptr<StartedProcess> weak = weak_from_this();
  broker->watch(
      [weak](const Frame& frame) {
        if (const auto process = weak.lock()) process->take_frame(frame);
      },
      [weak] {
        if (const auto process = weak.lock()) process->end_unwatched("brokerGone");
      });
}

void StartedProcess::take_frame(const Frame& frame) {
  switch (frame.kind) {
    case FrameKind::process:
    case FrameKind::library:
      return add_stopped(frame);
    case FrameKind::unseen:
      return end_unwatched("unseenProcess");
    default:
      fail("broker", ERROR_INVALID_DATA);
  }
}

void StartedProcess::add_stopped(const Frame& frame) {
  FrameReader reader(frame);
  const auto body = reader.body<StoppedBody>();
  Stopped stopped{frame.kind == FrameKind::library, body.process_id, body.parent_process_id, std::nullopt, Handle()};
  if (body.has_command_line != 0) stopped.command_line = reader.text();
  reader.end();
  if (body.image != 0) stopped.image = broker_->copy(body.image);
  Locked locked(lock_);
  if (released_) return;
  if (!stopped_.emplace(body.id, std::move(stopped)).second) fail("broker", ERROR_INVALID_DATA);
  // Nobody can listen before the start was answered, and whoever resumes does: Wine maps the first library before that.
  if (resumed_) {
    tell_stopped(body.id);
  } else {
    early_.push_back(body.id);
  }
}

void StartedProcess::tell_stopped(uint32_t stopped) const {
  JsonWriter json;
  json.begin_object();
  json.member("kind", "stopped");
  json.member("process", id_);
  json.member("stopped", stopped);
  json.end_object();
  events().push(json.take());
}

std::string StartedProcess::take_stopped(uint32_t stopped, Handle& image) {
  Locked locked(lock_);
  const auto found = stopped_.find(stopped);
  if (found == stopped_.end()) fail("stopped", ERROR_INVALID_HANDLE);
  const Stopped& what = found->second;
  JsonWriter json;
  json.begin_object();
  json.member("library", what.is_library);
  json.member("processId", static_cast<uint32_t>(what.process_id));
  json.member("parentProcessId", static_cast<uint32_t>(what.parent_process_id));
  if (what.command_line) {
    json.member("commandLine", *what.command_line);
  } else {
    json.null_member("commandLine");
  }
  json.end_object();
  image = std::move(found->second.image);
#if defined(EPM_TEST_BED)
  if (what.is_library) image = as_windows_maps_it(std::move(image));
#endif
  stopped_.erase(found);
  return json.take();
}

void StartedProcess::answer(uint32_t stopped, bool run) {
  std::shared_ptr<Broker> broker;
  {
    Locked locked(lock_);
    broker = broker_;
    if (!broker) fail("judge", ERROR_INVALID_STATE);
    if (released_ || unwatched_) return;
  }
  FrameWriter frame(FrameKind::verdict);
  try {
    broker->send(frame.body(VerdictBody{stopped, run ? 1u : 0u}));
  } catch (const Failure&) {
    end_unwatched("brokerGone");
  }
}

void StartedProcess::process_came(DWORD process_id) {
  {
    Locked locked(lock_);
    if (!broker_ || released_ || unwatched_) return;
    witnessed_.insert(process_id);
  }
  ask_for_witness(process_id);
}

void StartedProcess::process_went(DWORD process_id) {
  Locked locked(lock_);
  witnessed_.erase(process_id);
}

void StartedProcess::ask_for_witness(DWORD process_id) {
  FrameWriter frame(FrameKind::witness);
  try {
    broker_->send(frame.body(WitnessBody{process_id}));
  } catch (const Failure&) {
    end_unwatched("brokerGone");
  }
}

// Windows does not promise the messages of a job.
void StartedProcess::ask_for_all() {
  {
    Locked locked(lock_);
    if (!broker_ || !resumed_ || released_ || unwatched_) return;
  }
  constexpr size_t most = 4096;
  std::vector<uint64_t> buffer(most + 2);
  auto* const list = reinterpret_cast<JOBOBJECT_BASIC_PROCESS_ID_LIST*>(buffer.data());
  if (!QueryInformationJobObject(job_.get(), JobObjectBasicProcessIdList, list,
                                 static_cast<DWORD>(buffer.size() * sizeof(buffer[0])), nullptr)) {
    // More processes than any limit of a tree lets it have.
    if (GetLastError() == ERROR_MORE_DATA) end_unwatched("unseenProcess");
    return;
  }
  std::vector<DWORD> unasked;
  {
    Locked locked(lock_);
    for (DWORD i = 0; i < list->NumberOfProcessIdsInList; ++i) {
      const auto process_id = static_cast<DWORD>(list->ProcessIdList[i]);
      if (witnessed_.insert(process_id).second) unasked.push_back(process_id);
    }
  }
  for (const DWORD process_id : unasked) ask_for_witness(process_id);
}

// A process that ended with its debugger must not look like one that ended by itself. Windows ends it with this code,
// maybe a moment before the debugger is signalled.
void StartedProcess::notice_gone_broker() {
  constexpr DWORD debugger_inactive = 0xC0000354;  // STATUS_DEBUGGER_INACTIVE
  constexpr DWORD moment_ms = 1000;
  std::shared_ptr<Broker> broker;
  {
    Locked locked(lock_);
    if (exit_reported_ || released_ || unwatched_ || !resumed_) return;
    broker = broker_;
  }
  if (!broker || WaitForSingleObject(process_.get(), 0) != WAIT_OBJECT_0) return;
  DWORD code = 0;
  const bool is_its_end = GetExitCodeProcess(process_.get(), &code) && code == debugger_inactive;
  if (broker->has_gone(is_its_end ? moment_ms : 0)) end_unwatched("brokerGone");
}

void StartedProcess::end_unwatched(const char* why) {
  constexpr DWORD access_denied_status = 0xC0000022;  // STATUS_ACCESS_DENIED
  {
    Locked locked(lock_);
    if (released_ || unwatched_) return;
    JsonWriter json;
    json.begin_object();
    json.member("kind", "unwatched");
    json.member("process", id_);
    json.member("why", why);
    json.end_object();
    events().push(json.take());  // with the lock: before the end of the process
    unwatched_ = true;
    ended_ = access_denied_status;
    stopped_.clear();
  }
  TerminateJobObject(job_.get(), access_denied_status);
  broker_->end();
}

// -------------------------------------------------------------------------------------------------------------------

std::string StartedProcess::facts() const { return process_facts(process_.get(), thread_.get(), job_.get()); }

}  // namespace epm
