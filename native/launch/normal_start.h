// Starts a program as if the launcher were not there.
#pragma once

#include <functional>
#include <string>

#include "windows_headers.h"

namespace epm {

struct NormalStart {
  // ERROR_ELEVATION_REQUIRED: Windows starts the program with administrator rights only.
  DWORD error = 0;
  DWORD exit_code = 0;
};

// With the launcher's own environment, folder, standard handles, console and show state, which are those that the program
// was to get, and past the option that put the launcher in its place. Waits for the end.
// way: how Windows is kept from starting the launcher again. started: called when the program runs, before its end.
// path: file to start; empty: the one that Windows finds by the command line.
enum class Way { past_option, as_it_is };
NormalStart start_normally(const std::wstring& path, const std::wstring& command_line, Way way,
                           const std::function<void()>& started);

// Asks Windows for administrator rights, as its shell does for such a program.
NormalStart start_by_windows_elevation(const std::wstring& path, const std::wstring& command_line);

}  // namespace epm
