// Makes the calling process a harder target.
#pragma once

#include <string>

namespace epm {

// {"applied":[...],"refused":[...]}; a measure that this version of Windows lacks is refused, nothing throws for it.
// Wine reports most of them as applied and enforces none.
// `closes`: administrators, whom every elevated program is one of, may only see that the process is there; they cannot end
// it, read its memory, or start programs as its children. Not for a process that was made so.
std::string harden_process(bool closes);

}  // namespace epm
