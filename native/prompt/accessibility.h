// Texts that change by themselves, for people who hear the screen.
#pragma once

#include "windows_headers.h"

namespace epm {

// Makes the text of a window a live region of UI Automation; `at_once`: it interrupts what is being said. Without effect
// where the system has no such thing.
void speak_changes(HWND window, bool at_once);
// The text has changed in a way that is worth saying.
void tell_change(HWND window);

}  // namespace epm
