#include "message.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "failure.h"

namespace epm {

namespace {

constexpr DWORD length_digits = 8;

void read_whole(HANDLE pipe, void* to, DWORD size) {
  auto* at = static_cast<BYTE*>(to);
  for (DWORD done = 0; done < size;) {
    DWORD length = 0;
    check(ReadFile(pipe, at + done, size - done, &length, nullptr), "ReadFile");
    if (length == 0) fail("ReadFile", ERROR_INVALID_DATA);
    done += length;
  }
}

}  // namespace

PromptMessage PromptMessage::read(HANDLE pipe) {
  char digits[length_digits + 1] = {};
  read_whole(pipe, digits, length_digits);
  char* end = nullptr;
  const unsigned long size = std::strtoul(digits, &end, 16);
  if (end != digits + length_digits || size > max_size) fail("message", ERROR_INVALID_DATA);
  std::string bytes(size, '\0');
  read_whole(pipe, bytes.data(), static_cast<DWORD>(size));
  const std::wstring text = wide_of(bytes);
  PromptMessage message;
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find(L'\n', at);
    const size_t tab = text.find(L'\t', at);
    if (end == std::wstring::npos || tab == std::wstring::npos || tab > end) fail("message", ERROR_INVALID_DATA);
    message.fields_.emplace_back(text.substr(at, tab - at), text.substr(tab + 1, end - tab - 1));
    at = end + 1;
  }
  return message;
}

void PromptMessage::write(HANDLE pipe) const {
  std::wstring text;
  for (const auto& [name, value] : fields_) text += name + L"\t" + value + L"\n";
  const std::string bytes = utf8_of(text);
  if (bytes.size() > max_size) fail("message", ERROR_INVALID_DATA);
  char digits[length_digits + 1];
  std::snprintf(digits, sizeof(digits), "%08x", static_cast<unsigned>(bytes.size()));
  const std::string frame = digits + bytes;
  DWORD written = 0;
  check(WriteFile(pipe, frame.data(), static_cast<DWORD>(frame.size()), &written, nullptr), "WriteFile");
}

std::wstring PromptMessage::get(const wchar_t* name) const {
  const auto found = std::find_if(fields_.begin(), fields_.end(), [&](const auto& each) { return each.first == name; });
  return found == fields_.end() ? std::wstring() : found->second;
}

bool PromptMessage::has(const wchar_t* name, const wchar_t* value) const {
  return std::any_of(fields_.begin(), fields_.end(),
                     [&](const auto& each) { return each.first == name && each.second == value; });
}

std::vector<std::wstring> PromptMessage::all(const wchar_t* name) const {
  std::vector<std::wstring> values;
  for (const auto& [each, value] : fields_) {
    if (each == name) values.push_back(value);
  }
  return values;
}

std::wstring wide_of(const std::string& utf8) {
  if (utf8.empty()) return {};
  const auto size = static_cast<int>(utf8.size());
  const int length = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, utf8.data(), size, nullptr, 0);
  if (length == 0) fail("MultiByteToWideChar", ERROR_INVALID_DATA);
  std::wstring text(static_cast<size_t>(length), L'\0');
  MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, utf8.data(), size, text.data(), length);
  return text;
}

std::string utf8_of(const std::wstring& text) {
  if (text.empty()) return {};
  const auto size = static_cast<int>(text.size());
  const int length = WideCharToMultiByte(CP_UTF8, 0, text.data(), size, nullptr, 0, nullptr, nullptr);
  std::string bytes(static_cast<size_t>(length), '\0');
  WideCharToMultiByte(CP_UTF8, 0, text.data(), size, bytes.data(), length, nullptr, nullptr);
  return bytes;
}

}  // namespace epm
