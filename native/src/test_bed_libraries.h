// Where Wine's own libraries lie, in the edition of the test bed only.
#pragma once

#include "handle.h"

namespace epm {

// Wine maps its own libraries from a folder of the system below it, which no Windows has. For such a one, the file that
// lies under the same name in the system folder, as Windows would have mapped it; any other as it is.
Handle as_windows_maps_it(Handle library);

}  // namespace epm
