// A small program of the installation that this process starts, and that ends with it.
#pragma once

#include <string>

#include "handle.h"

namespace epm {

// Only the system reaches the job. Closing the last handle of it ends what is in it.
// `children`: what the program starts is not in the job and belongs to whoever it is started for; otherwise it cannot start anything.
// `stays`: the program ends by itself, when its work is done.
Handle make_helper_job(bool children, bool stays = false);

struct HelperOrder {
  HANDLE token;            // null: that of this process
  const wchar_t* program;  // absolute path
  std::wstring arguments;  // of the command line
  wchar_t* desktop;        // window station and desktop; null: those of this process
  HANDLE input;            // inheritable; null: none
  HANDLE output;           // inheritable
  HANDLE job;
#if defined(EPM_TEST_BED)
  std::wstring faults;  // entries of its environment
#endif
};

struct HelperProcess {
  Handle process;
  DWORD process_id;
};

// Starts it with an environment that holds nothing but the folder of Windows. It inherits its streams and nothing else.
HelperProcess start_helper(const HelperOrder& order);

}  // namespace epm
