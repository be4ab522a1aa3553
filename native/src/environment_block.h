// The environment Windows makes for a token.
#pragma once

#include "json_writer.h"
#include "windows_headers.h"

namespace epm {

// {"environment":["NAME=value", ...]} from CreateEnvironmentBlock without anything of this process.
std::string token_environment(HANDLE token);

}  // namespace epm
