// A small test runner: names, not numbers; a failing check says what it saw.
#pragma once

#include <functional>
#include <string>

#include "windows_headers.h"

namespace selftest {

// Runs one named test; it fails by calling require.
void test(const char* name, const std::function<void()>& body);
void skip(const char* name, const char* why);
// `seen` is printed when the condition does not hold.
void require(bool condition, const char* what, const std::string& seen = {});
int failures();

// Next event that contains the text; others are thrown away. Empty after the time.
std::string next_event(const char* containing, DWORD timeout_ms = 5000);
// The whole number behind "name": in a JSON text; 0 when it is not there.
uint32_t number_in(const std::string& json, const char* name);
bool contains(const std::string& text, const char* part);
std::wstring own_folder();

void parts();
void pipes();
void processes();
void judged_processes(uint32_t token);
void registry();

}  // namespace selftest
