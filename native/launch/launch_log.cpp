#include "launch_log.h"

#include "windows_headers.h"

namespace epm {

namespace {

// Of "Application", where everybody may write: the log of the agent is closed to people. The number and the order of the
// facts are those of src/model/windows-events.ts.
constexpr wchar_t source[] = L"EPM Launcher";
constexpr DWORD started_without_agent = 800;

}  // namespace

void log_started_without_agent(const std::wstring& path, const std::string& why) {
  const HANDLE log = RegisterEventSourceW(nullptr, source);
  if (!log) return;
  const std::wstring reason(why.begin(), why.end());
  const wchar_t* facts[] = {L"-", L"-", path.c_str(), L"-", L"-", reason.c_str(), L"-", L"-"};
  ReportEventW(log, EVENTLOG_WARNING_TYPE, 0, started_without_agent, nullptr, ARRAYSIZE(facts), 0, facts, nullptr);
  DeregisterEventSource(log);
}

}  // namespace epm
