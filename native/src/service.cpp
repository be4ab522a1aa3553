#include "service.h"

#include "epmnative.h"
#include "event_queue.h"
#include "failure.h"
#include "json_writer.h"
#include "lock.h"
#include "thread.h"

namespace epm {

namespace {

enum class Phase { idle, connecting, running, failed };

struct Service {
  Lock lock;
  Condition changed;
  Phase phase = Phase::idle;
  DWORD error = ERROR_SUCCESS;
  std::wstring name;
  SERVICE_STATUS_HANDLE handle = nullptr;
  DWORD check_point = 0;
};

Service& service() {
  static auto* const only = new Service;
  return *only;
}

void become(Phase phase, DWORD error) {
  Locked locked(service().lock);
  service().phase = phase;
  service().error = error;
  service().changed.notify();
}

// What happened to a session: `change` is a WTS_ value of winuser.h.
void report_session(DWORD change, const WTSSESSION_NOTIFICATION& notification) {
  JsonWriter json;
  json.begin_object();
  json.member("kind", "session");
  json.member("change", static_cast<uint32_t>(change));
  json.member("session", static_cast<uint32_t>(notification.dwSessionId));
  json.end_object();
  events().push(json.take());
}

DWORD WINAPI control(DWORD code, DWORD type, void* data, void*) {
  if (code == SERVICE_CONTROL_INTERROGATE) return NO_ERROR;
  const bool session = code == SERVICE_CONTROL_SESSIONCHANGE && data;
  const bool end = code == SERVICE_CONTROL_STOP || code == SERVICE_CONTROL_PRESHUTDOWN ||
                   code == SERVICE_CONTROL_SHUTDOWN || code == EPM_SERVICE_CONTROL_REMOVE;
  if (!end && !session) return ERROR_CALL_NOT_IMPLEMENTED;
  try {
    if (session) {
      report_session(type, *static_cast<const WTSSESSION_NOTIFICATION*>(data));
      return NO_ERROR;
    }
    JsonWriter json;
    json.begin_object();
    json.member("kind", "service");
    json.member("control", static_cast<uint32_t>(code));
    json.end_object();
    events().push(json.take());
    return NO_ERROR;
  } catch (...) {
    return ERROR_NOT_ENOUGH_MEMORY;
  }
}

void WINAPI service_main(DWORD, wchar_t**) {
  const SERVICE_STATUS_HANDLE handle = RegisterServiceCtrlHandlerExW(service().name.c_str(), control, nullptr);
  if (!handle) return become(Phase::failed, GetLastError());
  {
    Locked locked(service().lock);
    service().handle = handle;
  }
  become(Phase::running, ERROR_SUCCESS);
}

// Blocks in the dispatcher until the service has stopped.
void dispatch() {
  const SERVICE_TABLE_ENTRYW table[] = {{service().name.data(), service_main}, {nullptr, nullptr}};
  if (!StartServiceCtrlDispatcherW(table)) become(Phase::failed, GetLastError());
}

}  // namespace

void run_service(const wchar_t* name) {
  {
    Locked locked(service().lock);
    if (service().phase != Phase::idle) fail("epm_service_run", ERROR_SERVICE_ALREADY_RUNNING);
    service().phase = Phase::connecting;
    service().name = name;
  }
  start_thread(dispatch);
  Locked locked(service().lock);
  while (service().phase == Phase::connecting) service().changed.wait(locked, INFINITE);
  if (service().phase == Phase::failed) {
    service().phase = Phase::idle;
    fail("StartServiceCtrlDispatcherW", service().error);
  }
}

void set_service_status(DWORD state, DWORD win32_exit_code, DWORD wait_hint_ms) {
  Locked locked(service().lock);
  if (!service().handle) fail("SetServiceStatus", ERROR_SERVICE_NOT_ACTIVE);
  const bool pending = state == SERVICE_START_PENDING || state == SERVICE_STOP_PENDING;
  service().check_point = pending ? service().check_point + 1 : 0;
  SERVICE_STATUS status{};
  status.dwServiceType = SERVICE_WIN32_OWN_PROCESS;
  status.dwCurrentState = state;
  // Windows waits for a service that accepts SERVICE_CONTROL_PRESHUTDOWN, and ends everything else only then.
  constexpr DWORD accepted =
      SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_PRESHUTDOWN | SERVICE_ACCEPT_SHUTDOWN | SERVICE_ACCEPT_SESSIONCHANGE;
  status.dwControlsAccepted = state == SERVICE_RUNNING ? accepted : 0u;
  status.dwWin32ExitCode = win32_exit_code;
  status.dwCheckPoint = service().check_point;
  status.dwWaitHint = wait_hint_ms;
  check(SetServiceStatus(service().handle, &status), "SetServiceStatus");
}

}  // namespace epm
