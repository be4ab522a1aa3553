// Switches of epmbed.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

namespace bed {

class Options {
 public:
  // `with_value`: switches that take the next argument; `flags`: switches that stand alone. Everything after "--" is
  // the rest. Throws Failure ERROR_INVALID_PARAMETER for anything else.
  Options(const std::vector<std::wstring>& arguments, const std::set<std::wstring>& with_value,
          const std::set<std::wstring>& flags);

  bool has(const std::wstring& name) const { return values_.count(name) != 0; }
  // Empty when not given.
  std::wstring value(const std::wstring& name) const;
  std::wstring required(const std::wstring& name) const;
  unsigned long number(const std::wstring& name, unsigned long otherwise) const;
  const std::vector<std::wstring>& rest() const { return rest_; }

 private:
  std::map<std::wstring, std::wstring> values_;
  std::vector<std::wstring> rest_;
};

}  // namespace bed
