// What a program finds of the profile of its account.
#pragma once

#include <string>

#include "json_writer.h"
#include "windows_headers.h"

namespace bed {

// Writes a value of the name under HKEY_CURRENT_USER\Software\EpmTest and a file in the folder for temporary files, and
// tells what was there before and where both are: {"before":s|null,"hive":s|null,"default":s|null,"temporary":s,
// "temporaryError":n,"folders":{"profile":s,"desktop":s,"documents":s,"downloads":s,"localData":s}}.
// hive: the value read under HKEY_USERS\<SID of the token>; default: under HKEY_USERS\.DEFAULT.
void write_profile(epm::JsonWriter& json, HANDLE token, const std::wstring& name, const std::wstring& value);

// Handles that a process has open, all kinds.
uint32_t handles_of(DWORD process_id);

}  // namespace bed
