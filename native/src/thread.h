// A thread of this library. std::thread is missing in the win32 thread model of mingw-w64.
#pragma once

#include <functional>

#include "handle.h"

namespace epm {

// The work must not throw. From the first thread on, the library stays loaded until the process ends.
Handle start_thread(std::function<void()> work);
// An event; manual: stays set until reset.
Handle make_event(bool manual);

}  // namespace epm
