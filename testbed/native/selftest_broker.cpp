// Trees whose processes are stopped before their first instruction.
#include <cwchar>

#include "command_text.h"
#include "handle.h"
#include "selftest_programs.h"
#include "thread.h"

namespace selftest {

namespace {

constexpr uint32_t ended_before_start = 0xC0000022;
constexpr DWORD ended_with_debugger = 0xC0000354;  // STATUS_DEBUGGER_INACTIVE

// Of a process: its number, details, and image.
struct Stopped {
  uint32_t id;
  std::string details;
  epm::Handle image;
};

Stopped next_of_all(uint32_t process) {
  const std::string event = next_event("\"stopped\"", 20000);
  require(!event.empty() && number_in(event, "process") == process, "a process is stopped", event);
  Stopped stopped{number_in(event, "stopped"), {}, epm::Handle()};
  uint64_t image = 0;
  stopped.details = text_of([&](char* out, uint32_t capacity, uint32_t* length) {
    return epm_stopped_take(process, stopped.id, &image, out, capacity, length);
  });
  stopped.image = epm::Handle(reinterpret_cast<HANDLE>(static_cast<uintptr_t>(image)));
  return stopped;
}

// The next probe that is stopped. What is no probe runs: Wine starts the host of a console as a child of the program.
Stopped next_stopped(uint32_t process) {
  for (;;) {
    Stopped stopped = next_of_all(process);
    if (!contains(stopped.details, "conhost.exe")) return stopped;
    require(epm_stopped_answer(process, stopped.id, 1) == ERROR_SUCCESS, "answered");
  }
}

bool has_report(uint32_t process_id) {
  return GetFileAttributesW(report_path(process_id).c_str()) != INVALID_FILE_ATTRIBUTES;
}

// Answers yes to all that is stopped until an event contains the text, or the tree was ended; that event, or nothing
// after a time. `stopped`
// counts the processes that are no hosts of a console.
std::string run_all_until(uint32_t process, const char* text, uint32_t& stopped) {
  for (;;) {
    const std::string event = next_event("\"kind\"", 60000);
    if (!event.empty() && number_in(event, "process") != process) continue;  // of a tree before
    if (event.empty() || contains(event, text) || contains(event, "unwatched")) return event;
    if (!contains(event, "\"stopped\"")) continue;
    const uint32_t id = number_in(event, "stopped");
    uint64_t image = 0;
    const std::string details = text_of([&](char* out, uint32_t capacity, uint32_t* length) {
      return epm_stopped_take(process, id, &image, out, capacity, length);
    });
    const epm::Handle closed(reinterpret_cast<HANDLE>(static_cast<uintptr_t>(image)));
    if (!contains(details, "conhost.exe")) ++stopped;
    require(epm_stopped_answer(process, id, 1) == ERROR_SUCCESS, "answered");
  }
}

bool ends(uint32_t process_id) {
  for (int i = 0; i < 200 && is_running(process_id); ++i) Sleep(50);
  return !is_running(process_id);
}

// A tree whose program starts a child in a way that the broker does not see.
void expect_unseen(uint32_t token, const wchar_t* way) {
  const Started started = start(token, {way, probe(), L"--sleep", L"60000"}, 0, false, 1);
  require(epm_process_resume(started.process) == ERROR_SUCCESS, "resumed");
  uint32_t stopped = 0;
  const std::string event = run_all_until(started.process, "\"unwatched\"", stopped);
  require(contains(event, "unseenProcess"), "told", event);
  require(stopped == 0, "nothing was asked");
  require(!next_event("treeEmpty", 20000).empty(), "the tree is empty");
  require(ends(started.process_id) && ends(started.starter), "nothing runs");
  epm_process_release(started.process);
}

// How often something is done: a number that the environment may set, for a long run.
uint32_t times(const wchar_t* variable, uint32_t usual) {
  wchar_t text[16];
  const DWORD length = GetEnvironmentVariableW(variable, text, 16);
  return length == 0 || length >= 16 ? usual : static_cast<uint32_t>(std::wcstoul(text, nullptr, 10));
}

// Handles that a process has open. Wine does not count them.
DWORD handles_of(HANDLE process) {
  DWORD count = 0;
  for (uintptr_t handle = 4; handle < 8192; handle += 4) {
    epm::Handle copy;
    if (DuplicateHandle(process, reinterpret_cast<HANDLE>(handle), GetCurrentProcess(), copy.receive(), 0, FALSE,
                        DUPLICATE_SAME_ACCESS)) {
      ++count;
    }
  }
  return count;
}

DWORD own_handles() { return handles_of(GetCurrentProcess()); }

// Ends the broker of a tree that starts one child after the other, `delay` milliseconds after it began.
void kill_broker_after(uint32_t token, DWORD delay) {
  const std::wstring child = own_folder() + L"epmexit.exe";
  const Started started = start(token, {L"--spawn-many", L"1000", child}, 0, false, 1);
  epm::Handle broker(OpenProcess(PROCESS_TERMINATE, FALSE, started.starter));
  require(epm_process_resume(started.process) == ERROR_SUCCESS, "resumed");
  const epm::Handle killer = epm::start_thread([&broker, delay] {
    Sleep(delay);
    TerminateProcess(broker.get(), 1);
  });
  uint32_t stopped = 0;
  const std::string event = run_all_until(started.process, "\"exit\"", stopped);
  WaitForSingleObject(killer.get(), INFINITE);
  require(contains(event, "brokerGone"), "told before the end", event);
  require(ends(started.process_id) && ends(started.starter), "nothing runs");
  epm_process_release(started.process);
}

}  // namespace

void judged_processes(uint32_t token) {
  test("AC-63 judged: a child and a grandchild are stopped, and run when they may", [token] {
    const Started started = start(token, {L"--spawn", probe(), L"--spawn", probe(), L"--exit", L"7"}, 0, false, 1);
    require(epm_process_resume(started.process) == ERROR_SUCCESS, "resumed");
    const Stopped child = next_stopped(started.process);
    require(number_in(child.details, "parentProcessId") == started.process_id, "its parent", child.details);
    require(contains(child.details, "--exit"), "its command line", child.details);
    require(static_cast<bool>(child.image), "its image");
    const uint32_t child_id = number_in(child.details, "processId");
    DeleteFileW(report_path(child_id).c_str());
    Sleep(300);
    require(!has_report(child_id), "no instruction ran");
    require(epm_stopped_answer(started.process, child.id, 1) == ERROR_SUCCESS, "answered");
    const Stopped grandchild = next_stopped(started.process);
    require(number_in(grandchild.details, "parentProcessId") == child_id, "its parent", grandchild.details);
    require(epm_stopped_answer(started.process, grandchild.id, 1) == ERROR_SUCCESS, "answered");
    require(!next_event("treeEmpty", 20000).empty(), "the tree is empty");
    const std::string report = bed::read_file(report_path(child_id));
    require(contains(report, "\"exitCode\":7"), "the grandchild's exit code", report);
    epm_process_release(started.process);
  });
  test("AC-63 judged: a child that may not run has not run", [token] {
    const Started started = start(token, {L"--spawn", probe(), L"--exit", L"7"}, 0, false, 1);
    require(epm_process_resume(started.process) == ERROR_SUCCESS, "resumed");
    const Stopped child = next_stopped(started.process);
    const uint32_t child_id = number_in(child.details, "processId");
    DeleteFileW(report_path(child_id).c_str());
    require(epm_stopped_answer(started.process, child.id, 0) == ERROR_SUCCESS, "answered");
    require(!next_event("treeEmpty", 20000).empty(), "the tree is empty");
    require(!has_report(child_id), "it wrote nothing");
    const std::string report = bed::read_file(report_path(started.process_id));
    require(number_in(report, "exitCode") == ended_before_start, "its exit code", report);
    epm_process_release(started.process);
  });
  test("AC-68 judged: with its broker the whole tree ends", [token] {
    const Started started = start(token, {L"--spawn", probe(), L"--sleep", L"60000"}, 0, false, 1);
    require(epm_process_resume(started.process) == ERROR_SUCCESS, "resumed");
    const Stopped child = next_stopped(started.process);
    require(epm_stopped_answer(started.process, child.id, 1) == ERROR_SUCCESS, "answered");
    const epm::Handle broker(OpenProcess(PROCESS_TERMINATE, FALSE, started.starter));
    require(broker && TerminateProcess(broker.get(), 1), "the broker was killed");
    const std::string event = next_event("unwatched", 20000);
    require(contains(event, "brokerGone"), "told", event);
    for (int i = 0; i < 100 && is_running(number_in(child.details, "processId")); ++i) Sleep(50);
    require(!is_running(started.process_id) && !is_running(number_in(child.details, "processId")), "nothing runs");
    epm_process_release(started.process);
  });
  test("AC-68 judged: with its broker the tree ends also when the broker has left another program alone", [token] {
    const uint32_t both = new_broker();
    const Started first = start(token, {L"--exit", L"0"}, 0, false, 0, both);
    require(epm_process_resume(first.process) == ERROR_SUCCESS, "resumed");
    require(!next_event("treeEmpty", 20000).empty(), "the first tree is empty");
    epm_process_release(first.process);
    const Started started = start(token, {L"--sleep", L"60000"}, 0, false, 1, both);
    const epm::Handle process(OpenProcess(SYNCHRONIZE | PROCESS_QUERY_LIMITED_INFORMATION, FALSE, started.process_id));
    require(epm_process_resume(started.process) == ERROR_SUCCESS, "resumed");
    const epm::Handle broker(OpenProcess(PROCESS_TERMINATE, FALSE, started.starter));
    require(broker && TerminateProcess(broker.get(), 1), "the broker was killed");
    require(WaitForSingleObject(process.get(), 20000) == WAIT_OBJECT_0, "nothing runs");
    DWORD code = 0;
    // Windows did it, and not the agent, which may have ended as well.
    require(GetExitCodeProcess(process.get(), &code) && code == ended_with_debugger, "its exit code",
            std::to_string(code));
    epm_process_release(started.process);
  });
  test("judged: a tree that is released ends, also one that waits for an answer", [token] {
    const Started started = start(token, {L"--spawn", probe(), L"--exit", L"7"}, 0, false, 1);
    require(epm_process_resume(started.process) == ERROR_SUCCESS, "resumed");
    const Stopped child = next_stopped(started.process);
    require(epm_process_release(started.process) == ERROR_SUCCESS, "released");
    const uint32_t child_id = number_in(child.details, "processId");
    for (int i = 0; i < 100 && (is_running(child_id) || is_running(started.starter)); ++i) Sleep(50);
    require(!is_running(child_id) && !is_running(started.process_id) && !is_running(started.starter), "nothing runs");
  });
  test("AC-68 judged: a child that its creator debugs ends the whole tree",
       [token] { expect_unseen(token, L"--spawn-debugged"); });
  test("AC-68 judged: a child that is to have no debugger is asked about, or ends the whole tree", [token] {
    const Started started = start(token, {L"--spawn-hidden", probe(), L"--exit", L"7"}, 0, false, 1);
    require(epm_process_resume(started.process) == ERROR_SUCCESS, "resumed");
    uint32_t stopped = 0;
    const std::string event = run_all_until(started.process, "treeEmpty", stopped);
    const bool is_refused = contains(bed::read_file(report_path(started.process_id)), "\"error\":50");
    require(contains(event, "unwatched") || stopped == 1 || is_refused, "none of it", event);
    epm_process_release(started.process);
  });
  test("AC-64 judged: no child leaves the job", [token] {
    const Started started = start(token, {L"--spawn-away", probe(), L"--exit", L"7"}, 0, false, 1);
    require(epm_process_resume(started.process) == ERROR_SUCCESS, "resumed");
    uint32_t stopped = 0;
    require(!run_all_until(started.process, "treeEmpty", stopped).empty(), "the tree is empty");
    const std::string report = bed::read_file(report_path(started.process_id));
    require(number_in(report, "error") == ERROR_ACCESS_DENIED || stopped == 1, "refused, or asked about", report);
    epm_process_release(started.process);
  });
  test("AC-69 judged: many children in a row are each asked about, and nothing is left", [token] {
    const uint32_t many = times(L"EPM_SELFTEST_CHILDREN", 50);
    const std::wstring child = own_folder() + L"epmexit.exe";
    const Started started = start(token, {L"--spawn-many", std::to_wstring(many), child}, 0, false, 1);
    const epm::Handle watched(OpenProcess(PROCESS_DUP_HANDLE, FALSE, started.starter));
    require(epm_process_resume(started.process) == ERROR_SUCCESS, "resumed");
    const DWORD before = handles_of(watched.get());
    uint32_t stopped = 0;
    require(!run_all_until(started.process, "treeEmpty", stopped).empty(), "the tree is empty");
    const DWORD after = handles_of(watched.get());
    require(stopped == many, "each was asked about", std::to_string(stopped));
    require(before > 4 && after <= before + 8, "no handle of the broker is left",
            std::to_string(before) + " " + std::to_string(after));
    epm_process_release(started.process);
    require(ends(started.starter), "the broker has gone");
  });
  test("AC-68 judged: a broker that is killed at any moment leaves nothing", [token] {
    kill_broker_after(token, 0);  // what is made once is there
    const DWORD before = own_handles();
    const uint32_t kills = times(L"EPM_SELFTEST_KILLS", 8);
    for (uint32_t i = 0; i < kills; ++i) kill_broker_after(token, (i * 37) % 500);
    DWORD after = own_handles();
    // The thread that reads of a broker ends a moment after it.
    for (int i = 0; i < 100 && after > before + 4; ++i, after = own_handles()) Sleep(50);
    require(after <= before + 4, "no handle is left", std::to_string(before) + " " + std::to_string(after));
  });
}

}  // namespace selftest
