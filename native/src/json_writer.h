// Writes JSON as ASCII: everything outside printable ASCII is escaped, so the text is the same in every encoding and
// cannot carry a control character into a log.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace epm {

class JsonWriter {
 public:
  // No caller writes more than this; a longer text means hostile input and throws Failure ERROR_BUFFER_OVERFLOW.
  static constexpr size_t max_length = 4 * 1024 * 1024;

  void begin_object();
  void end_object();
  void begin_array();
  void end_array();
  void key(std::string_view name);

  void value(std::string_view ascii);
  void value(const char* ascii) { value(std::string_view(ascii)); }
  void value(const std::string& ascii) { value(std::string_view(ascii)); }
  // UTF-16; lone surrogates are kept as escapes, JSON allows them.
  void value(std::wstring_view text);
  void value(const wchar_t* text) { value(std::wstring_view(text)); }
  void value(const std::wstring& text) { value(std::wstring_view(text)); }
  void value(uint32_t number) { value(static_cast<uint64_t>(number)); }
  void value(uint64_t number);
  void value(bool truth);
  void null();
  // Text that is JSON already.
  void raw(std::string_view json);

  template <typename T>
  void member(std::string_view name, const T& what) {
    key(name);
    value(what);
  }
  void null_member(std::string_view name) {
    key(name);
    null();
  }

  std::string take() { return std::move(text_); }

 private:
  void separate();
  void append(std::string_view piece);
  void unit(uint32_t code);

  std::string text_;
  bool need_comma_ = false;
};

// Fixed width, lower case, most significant digit first.
std::string hex(uint64_t number, int digits);

}  // namespace epm
