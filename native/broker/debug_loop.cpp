#include "debug_loop.h"

#include "platform.h"
#include "process_memory.h"
#include "process_query.h"
#include "system_function.h"

namespace broker {

using epm::check;
using epm::fail;
using epm::Handle;

namespace {

constexpr DWORD status_access_denied = 0xC0000022;
constexpr DWORD status_breakpoint = 0x80000003;
constexpr DWORD status_breakpoint32 = 0x4000001F;  // STATUS_WX86_BREAKPOINT, of the 32-bit loader
constexpr DWORD not_handled = 0x80010001;          // DBG_EXCEPTION_NOT_HANDLED

HANDLE debug_object_of_thread() {
  const auto get = epm::system_function<HANDLE(NTAPI*)()>(L"ntdll.dll", "DbgUiGetThreadDebugObject");
  const HANDLE object = get ? get() : nullptr;
  if (!object) fail("DbgUiGetThreadDebugObject", ERROR_PROC_NOT_FOUND);
  return object;
}

// Windows closes the handles of processes and threads that come with an event when these have ended; Wine never does.
void close_on_wine(HANDLE handle) {
  if (epm::is_wine()) CloseHandle(handle);
}

}  // namespace

DebugLoop::DebugLoop(Inbox& inbox, HANDLE answers, DWORD first_process_id, bool libraries)
    : inbox_(inbox),
      answers_(answers),
      first_process_id_(first_process_id),
      libraries_(libraries),
      debug_object_(debug_object_of_thread()) {}

void DebugLoop::run() {
  for (;;) {
    const HANDLE waits[] = {inbox_.arrived(), debug_object_};
    check(WaitForMultipleObjects(2, waits, FALSE, INFINITE) != WAIT_FAILED, "WaitForMultipleObjects");
    take_frames();
    take_events();
  }
}

void DebugLoop::take_frames() {
  while (const auto frame = inbox_.take()) {
    epm::FrameReader reader(*frame);
    if (frame->kind == epm::FrameKind::verdict) {
      answer(reader.body<epm::VerdictBody>());
    } else if (frame->kind == epm::FrameKind::witness) {
      witness(reader.body<epm::WitnessBody>().process_id);
    } else {
      fail("frame", ERROR_INVALID_DATA);
    }
    reader.end();
  }
}

void DebugLoop::take_events() {
  DEBUG_EVENT event{};
  while (WaitForDebugEvent(&event, 0)) handle(event);
}

void DebugLoop::handle(const DEBUG_EVENT& event) {
  DWORD status = DBG_CONTINUE;
  switch (event.dwDebugEventCode) {
    case CREATE_PROCESS_DEBUG_EVENT:
      return process_created(event);
    case LOAD_DLL_DEBUG_EVENT: {
      Handle image(event.u.LoadDll.hFile);
      const auto process = watched_.find(event.dwProcessId);
      if (!libraries_ || process == watched_.end()) break;
      return ask(epm::FrameKind::library, event, process->second.process, std::move(image));
    }
    case CREATE_THREAD_DEBUG_EVENT:
      close_on_wine(event.u.CreateThread.hThread);
      break;
    case EXCEPTION_DEBUG_EVENT:
      status = status_of(event.u.Exception, event.dwProcessId);
      break;
    case OUTPUT_DEBUG_STRING_EVENT:
      status = not_handled;  // it goes where it would go without a debugger
      break;
    case EXIT_PROCESS_DEBUG_EVENT:
      process_ended(event.dwProcessId);
      break;
  }
  // Fails only for a process that somebody has ended meanwhile.
  ContinueDebugEvent(event.dwProcessId, event.dwThreadId, status);
}

// Everything but the breakpoints of the loader is the program's own affair: it handles it or crashes, as it would without
// a debugger.
DWORD DebugLoop::status_of(const EXCEPTION_DEBUG_INFO& exception, DWORD process_id) {
  const auto process = watched_.find(process_id);
  const DWORD code = exception.ExceptionRecord.ExceptionCode;
  if (process == watched_.end() || exception.dwFirstChance == 0) return not_handled;
  if (code == status_breakpoint && !std::exchange(process->second.had_breakpoint, true)) return DBG_CONTINUE;
  if (code == status_breakpoint32 && !std::exchange(process->second.had_breakpoint32, true)) return DBG_CONTINUE;
  return not_handled;
}

void DebugLoop::process_created(const DEBUG_EVENT& event) {
  Handle image(event.u.CreateProcessInfo.hFile);
  close_on_wine(event.u.CreateProcessInfo.hThread);
  Watched watched{event.u.CreateProcessInfo.hProcess};
  watched.witnessed = expected_.erase(event.dwProcessId) != 0;
  watched_.insert_or_assign(event.dwProcessId, watched);
  // The agent has judged the first one itself, and resumes it.
  if (event.dwProcessId == first_process_id_ && !had_first_) {
    had_first_ = true;
    ContinueDebugEvent(event.dwProcessId, event.dwThreadId, DBG_CONTINUE);
    return;
  }
  ask(epm::FrameKind::process, event, event.u.CreateProcessInfo.hProcess, std::move(image));
}

void DebugLoop::process_ended(DWORD process_id) {
  const auto process = watched_.find(process_id);
  if (process == watched_.end()) return;
  if (!process->second.witnessed) ++ended_[process_id];
  close_on_wine(process->second.process);
  watched_.erase(process);
  for (auto each = pending_.begin(); each != pending_.end();) {
    each = each->second.process_id == process_id ? pending_.erase(each) : std::next(each);
  }
}

void DebugLoop::ask(epm::FrameKind kind, const DEBUG_EVENT& event, HANDLE process, Handle image) {
  if (last_id_ == UINT32_MAX) fail("stopped", ERROR_NO_MORE_USER_HANDLES);
  const uint32_t id = ++last_id_;
  epm::StoppedBody body{};
  body.image = reinterpret_cast<uintptr_t>(image.get());
  body.id = id;
  body.process_id = event.dwProcessId;
  body.parent_process_id = parent_of(process);
  std::optional<std::wstring> line;
  if (kind == epm::FrameKind::process) line = command_line_of(process);
  body.has_command_line = line ? 1 : 0;
  pending_.emplace(id, Pending{event.dwProcessId, event.dwThreadId, std::move(image)});
  epm::FrameWriter frame(kind);
  frame.body(body);
  if (line) frame.text(*line);
  send(answers_, frame);
}

void DebugLoop::answer(const epm::VerdictBody& verdict) {
  const auto found = pending_.find(verdict.id);
  if (found == pending_.end()) return;  // its process has ended
  const Pending pending = std::move(found->second);
  pending_.erase(found);
  const auto process = watched_.find(pending.process_id);
  if (verdict.run == 0 && process != watched_.end() &&
      !TerminateProcess(process->second.process, status_access_denied) &&
      WaitForSingleObject(process->second.process, 0) != WAIT_OBJECT_0) {
    // It would run if it were continued. With this process, everything that it debugs ends.
    fail("TerminateProcess", GetLastError());
  }
  ContinueDebugEvent(pending.process_id, pending.thread_id, DBG_CONTINUE);
}

// The job says that a process came into it. Windows gives a process its debugger before it puts it into the job, so that
// one under this debugger will be stopped, however late it begins to run, and one that is not never will be. Nothing here
// depends on which message comes first.
void DebugLoop::witness(DWORD process_id) {
  const auto process = watched_.find(process_id);
  if (process != watched_.end()) {
    process->second.witnessed = true;
    return;
  }
  const auto ended = ended_.find(process_id);
  if (ended != ended_.end()) {
    if (--ended->second == 0) ended_.erase(ended);
    return;
  }
  if (is_under_this(process_id)) {
    expected_.insert(process_id);
    return;
  }
  epm::FrameWriter frame(epm::FrameKind::unseen);
  send(answers_, frame.body(epm::WitnessBody{process_id}));
}

bool DebugLoop::is_under_this(DWORD process_id) const {
  using Compare = epm::NtStatus(NTAPI*)(HANDLE, HANDLE);
  static const auto compare = epm::system_function<Compare>(L"ntdll.dll", "NtCompareObjects");
  if (!compare) return false;
  const Handle process(OpenProcess(PROCESS_QUERY_INFORMATION, FALSE, process_id));
  if (!process) return false;
  Handle object;
  if (epm::query_process(process.get(), epm::ProcessQuery::debug_object, object.receive(), sizeof(HANDLE)) != 0) {
    return false;
  }
  return compare(object.get(), debug_object_) == 0;
}

}  // namespace broker
