// Shortcuts of the shell, by the shell itself.
#pragma once

#include <string>

#include "windows_headers.h"

namespace epm {

struct Shortcut {
  std::wstring target;
  std::wstring arguments;
  std::wstring description;
  std::wstring folder;  // in which the target starts
  std::wstring icon;    // file whose first icon is shown
};

// Writes a file, in place of one of that name. Throws Failure.
void write_shortcut(const std::wstring& file, const Shortcut& shortcut);

// What a file says, variables of the environment as they are written. Throws Failure; ERROR_FILE_NOT_FOUND: it is not there.
Shortcut read_shortcut(const std::wstring& file);

}  // namespace epm
