#include "vitals.h"

#include <psapi.h>
#include <tlhelp32.h>

#include "failure.h"
#include "handle.h"
#include "json_writer.h"
#include "lock.h"
#include "thread.h"

namespace epm {

namespace {

uint32_t threads_of_process() {
  const Handle snapshot(CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0));
  check(static_cast<bool>(snapshot), "CreateToolhelp32Snapshot");
  PROCESSENTRY32W entry{};
  entry.dwSize = sizeof(entry);
  const DWORD own = GetCurrentProcessId();
  for (BOOL more = Process32FirstW(snapshot.get(), &entry); more; more = Process32NextW(snapshot.get(), &entry)) {
    if (entry.th32ProcessID == own) return entry.cntThreads;
  }
  fail("Process32NextW", ERROR_NOT_FOUND);
}

struct Watchdog {
  Lock lock;
  bool started = false;
  DWORD limit_ms = 0;
  DWORD exit_code = 0;
  uint64_t feedings = 0;
};

Watchdog& watchdog() {
  static auto* const only = new Watchdog;
  return *only;
}

// The clock of the waits stands still while the machine sleeps, and a debugger that holds the process holds this thread
// as well: what is measured is time in which the main thread could have run.
void watch() {
  constexpr DWORD step_ms = 1000;
  uint64_t seen = 0;
  DWORD waited = 0;
  for (;;) {
    Sleep(step_ms);
    Locked locked(watchdog().lock);
    if (watchdog().feedings != seen || watchdog().limit_ms == 0) {
      seen = watchdog().feedings;
      waited = 0;
      continue;
    }
    waited += step_ms;
    if (waited >= watchdog().limit_ms) TerminateProcess(GetCurrentProcess(), watchdog().exit_code);
  }
}

}  // namespace

std::string process_vitals() {
  PROCESS_MEMORY_COUNTERS_EX memory{};
  check(GetProcessMemoryInfo(GetCurrentProcess(), reinterpret_cast<PROCESS_MEMORY_COUNTERS*>(&memory), sizeof(memory)),
        "GetProcessMemoryInfo");
  DWORD handles = 0;
  check(GetProcessHandleCount(GetCurrentProcess(), &handles), "GetProcessHandleCount");
  JsonWriter json;
  json.begin_object();
  json.member("privateBytes", static_cast<uint64_t>(memory.PrivateUsage));
  json.member("workingSet", static_cast<uint64_t>(memory.WorkingSetSize));
  json.member("handles", static_cast<uint32_t>(handles));
  json.member("threads", threads_of_process());
  json.end_object();
  return json.take();
}

void feed_watchdog(DWORD limit_ms, DWORD exit_code) {
  bool first = false;
  {
    Locked locked(watchdog().lock);
    watchdog().limit_ms = limit_ms;
    watchdog().exit_code = exit_code;
    watchdog().feedings += 1;
    first = !watchdog().started && limit_ms != 0;
    watchdog().started = watchdog().started || first;
  }
  if (first) start_thread(watch);
}

}  // namespace epm
