// The Windows service around the agent: the dispatcher runs on a thread of its own, controls go to the event queue.
#pragma once

#include "windows_headers.h"

namespace epm {

// Returns when ServiceMain runs. Throws ERROR_FAILED_SERVICE_CONTROLLER_CONNECT when the service manager did not start
// this process, ERROR_SERVICE_ALREADY_RUNNING on a second call.
void run_service(const wchar_t* name);
void set_service_status(DWORD state, DWORD win32_exit_code, DWORD wait_hint_ms);

}  // namespace epm
