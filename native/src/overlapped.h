// Reads, writes and connections of a pipe that Windows works on while this process does something else.
#pragma once

#include "windows_headers.h"

namespace epm {

// Ends what is under way, and returns when Windows has given the structure and the buffer back: until then it writes into
// them. What cannot be cancelled any more is just being completed, and is waited for as well.
inline void end_transfer(HANDLE file, OVERLAPPED& overlapped) {
  DWORD ignored = 0;
  CancelIoEx(file, &overlapped);
  GetOverlappedResult(file, &overlapped, &ignored, TRUE);
}

}  // namespace epm
