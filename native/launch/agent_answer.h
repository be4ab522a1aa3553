// Asks the agent about one start, by the pipe of users.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pipe_client.h"

namespace epm {

enum class Trigger { verb, launch, detected };

struct LaunchQuestion {
  std::wstring path;
  std::vector<std::wstring> arguments;
  std::wstring directory;
  Trigger trigger;
};

struct LaunchAnswer {
  enum class Kind {
    ended,        // it ran with administrator rights and has ended
    not_managed,  // nothing was started, and nobody was told anything
    lifted,       // the launcher is part of an elevated tree, whose programs are started by themselves
    refused,      // nothing was started, and the person was told, or chose so
    no_answer,    // the agent is absent, not the agent, broken or slow, or it refuses to serve
    lost,         // it was started, and what became of it is not known
  };
  Kind kind = Kind::no_answer;
  uint32_t exit_code = 0;
  // lifted: until it is released, Windows starts the program itself.
  std::shared_ptr<PipeClient> connection;
  // no_answer, for the event log: what failed.
  std::string why;
};

// Waits for the answer for a limited time, for as long as a person is being asked, and then for as long as the program
// runs. Throws nothing.
LaunchAnswer ask_agent(const LaunchQuestion& question);

}  // namespace epm
