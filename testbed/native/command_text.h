// Command lines and environment blocks.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace bed {

// Quotes so that CommandLineToArgvW and the C run-time give the same vector back.
std::wstring command_line(const std::vector<std::wstring>& arguments);

struct NameOrder {
  bool operator()(const std::wstring& one, const std::wstring& other) const;
};
using Environment = std::map<std::wstring, std::wstring, NameOrder>;

Environment own_environment();
// Lines NAME=value in UTF-8; an empty value removes the name.
void apply_file(Environment& environment, const std::wstring& file);
std::vector<wchar_t> block(const Environment& environment);

std::wstring from_utf8(const std::string& text);
std::string read_file(const std::wstring& path);
// To a console, a file or a pipe.
void print(const std::string& text);

}  // namespace bed
