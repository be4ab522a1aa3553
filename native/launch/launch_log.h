// What the launcher notes in the Windows event log.
#pragma once

#include <string>

namespace epm {

// A program was started without the agent having been asked. Never fails.
void log_started_without_agent(const std::wstring& path, const std::string& why);

}  // namespace epm
