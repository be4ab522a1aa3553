// The languages of the window.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace epm {

#include "texts.inc"

// The best language for a person who reads these, the favourite first; English when there is none. Tags are BCP 47, compared
// without case, from the most exact to the language alone.
const Language& choose_language(const std::vector<std::wstring>& wanted);

// Languages that the user of this process reads, as Windows knows them.
std::vector<std::wstring> user_languages();

inline std::wstring text_of(const Language& language, Text text) { return language.texts[static_cast<size_t>(text)]; }

// Why a request ended, and what to do; general words for a code that has none.
const Reason& reason_of(const Language& language, const std::wstring& code);

// What became of a request to support. Throws Failure for a code that is none.
const Answer& answer_of(const Language& language, const std::wstring& code);

// With `{name}` replaced.
std::wstring filled(std::wstring text, const std::wstring& name, const std::wstring& value);
// Without the mark of the accelerator, for what is spoken.
std::wstring without_mark(const std::wstring& text);

}  // namespace epm
