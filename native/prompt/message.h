// What the agent and the window say to each other: frames of a length, eight hexadecimal digits, and as many bytes of
// UTF-8: lines of NAME TAB VALUE. A value has no control character, so nothing has to be escaped.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "windows_headers.h"

namespace epm {

class PromptMessage {
 public:
  static constexpr size_t max_size = 64 * 1024;

  // The next frame of a pipe. Throws Failure: ERROR_INVALID_DATA when it is none, or too long.
  static PromptMessage read(HANDLE pipe);
  void write(HANDLE pipe) const;

  void add(const wchar_t* name, const std::wstring& value) { fields_.emplace_back(name, value); }
  // The first value of the name; empty when there is none.
  std::wstring get(const wchar_t* name) const;
  bool has(const wchar_t* name, const wchar_t* value) const;
  std::vector<std::wstring> all(const wchar_t* name) const;

 private:
  std::vector<std::pair<std::wstring, std::wstring>> fields_;
};

std::wstring wide_of(const std::string& utf8);
std::string utf8_of(const std::wstring& text);

}  // namespace epm
