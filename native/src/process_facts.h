// What a process really is, read from the process.
#pragma once

#include <string>

#include "windows_headers.h"

namespace epm {

// {"image":{"path","volume","file"},"token":{...},"inJob":bool,"security":{...}} as epmnative.h says. Volume is FILE_ID_INFO.VolumeSerialNumber as 16
// hexadecimal digits, file the 16 bytes of FILE_ID_128 in memory order as 32.
// `thread` may be empty.
std::string process_facts(HANDLE process, HANDLE thread, HANDLE job);

// Milliseconds since 1970, UTC.
uint64_t unix_milliseconds(const FILETIME& time);

}  // namespace epm
