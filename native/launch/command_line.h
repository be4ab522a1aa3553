// The command line that the launcher was started with, as text: what belongs to the program is never put together anew.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace epm {

struct LauncherCommand {
  enum class Kind {
    launch,   // by Windows, in place of the program that somebody started
    elevate,  // by a person, for one file
    wrong,
  };
  Kind kind = Kind::wrong;
  // launch: file name of the program, which the agent wrote into the option.
  std::wstring image;
  // launch: the command line that the program was to get, untouched. elevate: what follows the switch.
  std::wstring rest;
};

// launch:  "<launcher>" --image "<name>" <original command line>
// elevate: "<launcher>" --elevate <path> [arguments]
LauncherCommand read_launcher_command(std::wstring_view command_line);

// The part of a command line in front of its first argument, taken as CreateProcessW does: up to the closing quote, or,
// without one, every beginning that ends at a blank, shortest first.
std::vector<std::wstring> program_candidates(std::wstring_view command_line);

// The vector of CommandLineToArgvW without its first element, which names the program.
std::vector<std::wstring> argument_vector(const std::wstring& command_line);
// The whole vector of a text that has no program in front.
std::vector<std::wstring> split_arguments(const std::wstring& text);

}  // namespace epm
