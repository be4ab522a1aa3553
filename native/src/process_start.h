// Has a program started under a made token by a broker: suspended, inside a job it cannot leave, inheriting nothing.
#pragma once

#include <memory>
#include <string>

#include "epmnative.h"
#include "started_process.h"

namespace epm {

// What epm_start.judge says.
inline constexpr uint32_t judge_none = 0;
inline constexpr uint32_t judge_processes = 1;
inline constexpr uint32_t judge_libraries = 2;

struct StartedAnswer {
  uint32_t id;
  std::string json;  // {"processId":n,"startTime":ms,"starterProcessId":n}
};

// Throws Failure; nothing of the process is left then.
StartedAnswer start_process(const epm_start& start, HANDLE token);

}  // namespace epm
