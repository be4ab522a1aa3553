#include "texts.h"

#include "failure.h"
#include "windows_headers.h"

namespace epm {

namespace {

bool same(const std::wstring& left, const wchar_t* right) {
  return CompareStringOrdinal(left.c_str(), -1, right, -1, TRUE) == CSTR_EQUAL;
}

}  // namespace

const Language& choose_language(const std::vector<std::wstring>& wanted) {
  for (std::wstring tag : wanted) {
    while (!tag.empty()) {
      for (const Language& language : languages) {
        if (same(tag, language.tag)) return language;
      }
      const size_t end = tag.find_last_of(L'-');
      tag.resize(end == std::wstring::npos ? 0 : end);
    }
  }
  return languages[0];
}

std::vector<std::wstring> user_languages() {
  ULONG count = 0;
  ULONG size = 0;
  if (!GetUserPreferredUILanguages(MUI_LANGUAGE_NAME, &count, nullptr, &size) || size == 0) return {};
  std::vector<wchar_t> list(size);
  if (!GetUserPreferredUILanguages(MUI_LANGUAGE_NAME, &count, list.data(), &size)) return {};
  std::vector<std::wstring> tags;
  for (const wchar_t* at = list.data(); *at; at += tags.back().size() + 1) tags.emplace_back(at);
  return tags;
}

const Reason& reason_of(const Language& language, const std::wstring& code) {
  for (size_t index = 0; index < reason_count; ++index) {
    if (code == reason_codes[index]) return language.reasons[index];
  }
  return language.reasons[reason_count - 1];
}

const Answer& answer_of(const Language& language, const std::wstring& code) {
  for (size_t index = 0; index < answer_count; ++index) {
    if (code == answer_codes[index]) return language.answers[index];
  }
  fail("answer", ERROR_INVALID_DATA);
}

std::wstring filled(std::wstring text, const std::wstring& name, const std::wstring& value) {
  const std::wstring mark = L"{" + name + L"}";
  const size_t at = text.find(mark);
  if (at != std::wstring::npos) text.replace(at, mark.size(), value);
  return text;
}

std::wstring without_mark(const std::wstring& text) {
  std::wstring plain;
  const size_t at = text.find(L'&');
  if (at == std::wstring::npos) return text;
  // Languages without letters of their own have it in brackets behind the word.
  if (at > 0 && text[at - 1] == L'(' && at + 2 < text.size() && text[at + 2] == L')') {
    return text.substr(0, at - 1) + text.substr(at + 3);
  }
  return text.substr(0, at) + text.substr(at + 1);
}

}  // namespace epm
