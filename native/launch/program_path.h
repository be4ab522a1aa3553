// Which file a command line means.
#pragma once

#include <string>

#include "windows_headers.h"

namespace epm {

// Windows starts the launcher with the command line alone, and does not say which file it had found. The file is looked
// for again: by the path that the command line gives, else where Windows looks. Its name has to be the one of the option.
// Empty: there is none.
std::wstring find_program(const std::wstring& command_line, const std::wstring& image);

// Absolute form of a path as a person or the shell gives it; empty: it is none.
std::wstring absolute_path(const std::wstring& path);

}  // namespace epm
