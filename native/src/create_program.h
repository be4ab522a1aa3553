// The one call that starts a program under a made token: suspended, inside a job, inheriting nothing but its streams.
#pragma once

#include <string>

#include "handle.h"
#include "program_streams.h"

namespace epm {

struct ProgramOrder {
  Handle token;
  Handle job;
  bool has_streams;
  ChildStreams streams;
  std::wstring path;          // final path of the image
  std::wstring command_line;  // complete, quoted by the caller
  std::wstring environment;   // NAME=value NUL ... NUL NUL
  std::wstring directory;
  std::wstring desktop;
  std::wstring process_sddl;  // security of the process and its first thread
  uint32_t show_window;
  bool hidden_console;
  bool debugged;  // by the calling thread, with everything that it starts
};

struct CreatedProgram {
  Handle process;
  Handle thread;
  DWORD process_id;
};

// Throws Failure; nothing of the process is left then. What the order holds is closed by whoever holds the order.
CreatedProgram create_program(ProgramOrder& order);

}  // namespace epm
