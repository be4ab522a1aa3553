#include "json_writer.h"

#include "failure.h"

namespace epm {

void JsonWriter::append(std::string_view piece) {
  if (text_.size() + piece.size() > max_length) fail("JsonWriter", ERROR_BUFFER_OVERFLOW);
  text_.append(piece);
}

void JsonWriter::separate() {
  if (need_comma_) append(",");
  need_comma_ = true;
}

void JsonWriter::begin_object() {
  separate();
  append("{");
  need_comma_ = false;
}

void JsonWriter::end_object() {
  append("}");
  need_comma_ = true;
}

void JsonWriter::begin_array() {
  separate();
  append("[");
  need_comma_ = false;
}

void JsonWriter::end_array() {
  append("]");
  need_comma_ = true;
}

void JsonWriter::key(std::string_view name) {
  value(name);
  append(":");
  need_comma_ = false;
}

// One UTF-16 unit (or one byte of ASCII) inside a string.
void JsonWriter::unit(uint32_t code) {
  switch (code) {
    case '"':
      return append("\\\"");
    case '\\':
      return append("\\\\");
    case '\n':
      return append("\\n");
    case '\r':
      return append("\\r");
    case '\t':
      return append("\\t");
    default:
      break;
  }
  if (code >= 0x20 && code < 0x7F) {
    const char plain = static_cast<char>(code);
    return append(std::string_view(&plain, 1));
  }
  append("\\u");
  append(hex(code, 4));
}

void JsonWriter::value(std::string_view ascii) {
  separate();
  append("\"");
  for (const char c : ascii) unit(static_cast<unsigned char>(c));
  append("\"");
}

void JsonWriter::value(std::wstring_view text) {
  separate();
  append("\"");
  for (const wchar_t c : text) unit(static_cast<uint16_t>(c));
  append("\"");
}

void JsonWriter::value(uint64_t number) {
  separate();
  append(std::to_string(number));
}

void JsonWriter::value(bool truth) {
  separate();
  append(truth ? "true" : "false");
}

void JsonWriter::null() {
  separate();
  append("null");
}

void JsonWriter::raw(std::string_view json) {
  separate();
  append(json);
}

std::string hex(uint64_t number, int digits) {
  static constexpr char alphabet[] = "0123456789abcdef";
  std::string text(static_cast<size_t>(digits), '0');
  for (int i = digits - 1; i >= 0; --i, number >>= 4) text[static_cast<size_t>(i)] = alphabet[number & 0xF];
  return text;
}

}  // namespace epm
