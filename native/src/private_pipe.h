// Pipes between this process and one that it starts.
#pragma once

#include "handle.h"

namespace epm {

// An anonymous pipe of Windows cannot be read with a limit of time, so this is a pipe with a name that nobody can guess.
// `mode`: PIPE_ACCESS_INBOUND or PIPE_ACCESS_OUTBOUND, seen from here; this end is overlapped. `child` gets the other end,
// which is inheritable and synchronous.
Handle make_private_pipe(DWORD mode, Handle& child);

}  // namespace epm
