// What a process that has not run yet says of itself.
#pragma once

#include <optional>
#include <string>

#include "windows_headers.h"

namespace broker {

// 0: not known.
DWORD parent_of(HANDLE process);
// As its creator wrote it.
std::optional<std::wstring> command_line_of(HANDLE process);

}  // namespace broker
