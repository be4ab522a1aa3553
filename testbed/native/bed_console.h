// A console that nobody sees. Without a terminal Wine gives a program none, and PowerShell without one ends at once,
// silently and with exit code 0.
#pragma once

#include <string>

#include "handle.h"

namespace bed {

// Gives this process, and what it starts, a console of UTF-8. Ctrl+C in it does not end this process.
void have_console();

// The keyboard of the console, inheritable, on which this text has been typed.
epm::Handle typed_input(const std::string& text);

// What the console shows, inheritable.
epm::Handle screen_output();

// Writes the lines that the console shows to a file, in UTF-8.
void write_screen(const std::wstring& file);

// Mode `hold-console`: says on standard output that it runs, then waits until its standard input ends.
unsigned long hold_console();

// Waits for the end of a process. When the first file appears, Ctrl+C is pressed once in the console of this process; when
// the second one appears, the process is ended. Either may be empty.
void wait_for_end(const epm::Handle& process, std::wstring interrupt_file, std::wstring stop_file);

}  // namespace bed
