// Who is at the other end of a pipe: from the token Windows gives, never from a message.
#pragma once

#include <string>

#include "handle.h"

namespace epm {

struct Caller {
  std::wstring user;
  std::string json;  // the object that epm_pipe_caller gives
  // A copy of the caller's token of the time it was captured, for access checks: what the client does to its own later
  // changes nothing.
  Handle token;
  uint32_t process_id = 0;
};

// Impersonates the client, takes its token and reverts. Only after a message was read: before that Windows answers
// ERROR_CANNOT_IMPERSONATE. Throws Failure; the thread is never left impersonating: a failing RevertToSelf ends the
// process, because nothing that runs afterwards could be trusted.
Caller identify_caller(HANDLE pipe);

// User of the client's process. For counting only: a process id can be spoofed. Empty when it cannot be told.
std::wstring provisional_user(HANDLE pipe);

}  // namespace epm
