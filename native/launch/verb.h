// One file that a person wants to run with administrator rights.
#pragma once

#include <string>

#include "windows_headers.h"

namespace epm {

// rest: path and arguments as on a command line; without a path the person is asked for one. Returns the exit code.
DWORD elevate_by_verb(const std::wstring& rest);

}  // namespace epm
