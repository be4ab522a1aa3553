// Makes the calling process a harder target.
#pragma once

#include <string>

namespace epm {

// {"applied":[...],"refused":[...]}; a measure that this version of Windows lacks is refused, nothing throws for it.
// Wine reports most of them as applied and enforces none.
std::string harden_process();

}  // namespace epm
