// What Wine's own processes need of an elevated one, in the edition of the test bed only.
#pragma once

#include "windows_headers.h"

namespace epm {

// Wine asks for the first thread of whoever opens a drive, under the one account that all of Wine runs as, and its drives
// are gone when it may not see that thread. Called once the security of the thread has been checked.
void let_drives_see(HANDLE thread);

}  // namespace epm
