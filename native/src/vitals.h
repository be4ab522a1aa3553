// What the process uses, and the watch over its main thread.
#pragma once

#include <string>

#include "windows_headers.h"

namespace epm {

// The JSON of epm_process_vitals. Throws Failure.
std::string process_vitals();

// Ends the process with `exit_code` when nothing feeds the watchdog for `limit_ms`; 0 ends the watch. Each call feeds it.
void feed_watchdog(DWORD limit_ms, DWORD exit_code);

}  // namespace epm
