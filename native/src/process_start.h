// Starts a program under a made token: suspended, inside a job it cannot leave, inheriting nothing.
#pragma once

#include <memory>
#include <string>

#include "epmnative.h"
#include "started_process.h"

namespace epm {

struct StartedAnswer {
  uint32_t id;
  std::string json;  // {"processId":n,"startTime":ms}
};

// Throws Failure; nothing of the process is left then.
StartedAnswer start_process(const epm_start& start, HANDLE token);

}  // namespace epm
