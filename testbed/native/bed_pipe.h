// Speaks to a pipe without any protocol, for abuse tests.
#pragma once

#include <string>
#include <vector>

namespace bed {

// Switches as in README.md; returns the exit code.
unsigned long pipe_mode(const std::vector<std::wstring>& arguments);

}  // namespace bed
