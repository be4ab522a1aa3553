#include "command_text.h"

#include <algorithm>
#include <cwchar>

#include "failure.h"
#include "handle.h"

namespace bed {

std::wstring command_line(const std::vector<std::wstring>& arguments) {
  std::wstring line;
  for (const std::wstring& argument : arguments) {
    if (!line.empty()) line += L' ';
    if (!argument.empty() && argument.find_first_of(L" \t\n\v\"") == std::wstring::npos) {
      line += argument;
      continue;
    }
    line += L'"';
    size_t backslashes = 0;
    for (const wchar_t c : argument) {
      if (c == L'"') {
        line.append(backslashes + 1, L'\\');  // the ones before the quote doubled, and one for the quote
        backslashes = 0;
      } else {
        backslashes = c == L'\\' ? backslashes + 1 : 0;
      }
      line += c;
    }
    line.append(backslashes, L'\\');
    line += L'"';
  }
  return line;
}

bool NameOrder::operator()(const std::wstring& one, const std::wstring& other) const {
  return CompareStringOrdinal(one.data(), static_cast<int>(one.size()), other.data(), static_cast<int>(other.size()),
                              TRUE) == CSTR_LESS_THAN;
}

namespace {

void set(Environment& environment, const std::wstring& line, bool empty_removes) {
  const size_t equals = line.find(L'=', 1);  // names like =C: begin with one
  if (equals == std::wstring::npos) return;
  const std::wstring name = line.substr(0, equals);
  const std::wstring value = line.substr(equals + 1);
  environment.erase(name);
  if (!value.empty() || !empty_removes) environment.emplace(name, value);
}

}  // namespace

Environment own_environment() {
  Environment environment;
  wchar_t* const all = GetEnvironmentStringsW();
  epm::check(all != nullptr, "GetEnvironmentStringsW");
  for (const wchar_t* entry = all; *entry; entry += std::wcslen(entry) + 1) set(environment, entry, false);
  FreeEnvironmentStringsW(all);
  return environment;
}

void apply_file(Environment& environment, const std::wstring& file) {
  const std::wstring text = from_utf8(read_file(file));
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(L'\n', begin), text.size());
    std::wstring line = text.substr(begin, end - begin);
    if (!line.empty() && line.back() == L'\r') line.pop_back();
    if (!line.empty()) set(environment, line, true);
    begin = end + 1;
  }
}

std::vector<wchar_t> block(const Environment& environment) {
  std::vector<wchar_t> text;
  for (const auto& [name, value] : environment) {
    const std::wstring line = name + L'=' + value;
    text.insert(text.end(), line.begin(), line.end());
    text.push_back(L'\0');
  }
  if (text.empty()) text.push_back(L'\0');
  text.push_back(L'\0');
  return text;
}

std::wstring from_utf8(const std::string& text) {
  if (text.empty()) return {};
  const int bytes = static_cast<int>(text.size());
  const int units = MultiByteToWideChar(CP_UTF8, 0, text.data(), bytes, nullptr, 0);
  std::wstring result(static_cast<size_t>(units), L'\0');
  MultiByteToWideChar(CP_UTF8, 0, text.data(), bytes, result.data(), units);
  return result;
}

std::string read_file(const std::wstring& path) {
  const epm::Handle file(
      CreateFileW(path.c_str(), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, OPEN_EXISTING, 0, nullptr));
  epm::check(static_cast<bool>(file), "CreateFileW");
  std::string text;
  char piece[4096];
  for (DWORD length = 0; ReadFile(file.get(), piece, sizeof(piece), &length, nullptr) && length != 0;) {
    text.append(piece, length);
  }
  return text;
}

void print(const std::string& text) {
  DWORD written = 0;
  WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), text.data(), static_cast<DWORD>(text.size()), &written, nullptr);
}

}  // namespace bed
