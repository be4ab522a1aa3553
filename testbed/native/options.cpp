#include "options.h"

#include <cwchar>

#include "failure.h"

namespace bed {

Options::Options(const std::vector<std::wstring>& arguments, const std::set<std::wstring>& with_value,
                 const std::set<std::wstring>& flags) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::wstring& name = arguments[i];
    if (name == L"--") {
      rest_.assign(arguments.begin() + static_cast<ptrdiff_t>(i) + 1, arguments.end());
      return;
    }
    if (flags.count(name)) {
      values_[name] = L"yes";
    } else if (with_value.count(name) && i + 1 < arguments.size()) {
      values_[name] = arguments[++i];
    } else {
      epm::fail("unknown switch, or its value is missing", ERROR_INVALID_PARAMETER);
    }
  }
}

std::wstring Options::value(const std::wstring& name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::wstring() : found->second;
}

std::wstring Options::required(const std::wstring& name) const {
  if (!has(name)) epm::fail("a required switch is missing", ERROR_INVALID_PARAMETER);
  return value(name);
}

unsigned long Options::number(const std::wstring& name, unsigned long otherwise) const {
  if (!has(name)) return otherwise;
  const std::wstring text = value(name);
  wchar_t* end = nullptr;
  const unsigned long result = std::wcstoul(text.c_str(), &end, 10);
  if (text.empty() || *end != 0) epm::fail("a number is expected", ERROR_INVALID_PARAMETER);
  return result;
}

}  // namespace bed
