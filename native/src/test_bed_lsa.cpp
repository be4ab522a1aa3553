// Names and the service logon right in builds for the test bed, kept in the registry in place of LSASS and of the policy
// database, neither of which Wine has. What outlives the agent on Windows outlives it here.
//
// The variable EPM_TEST_CRASH=N ends the process at the Nth step, as a crash would: each change has one before and one
// after.
#include "failure.h"
#include "handle.h"
#include "lsa_name_mapping.h"
#include "service_logon_right.h"
#include "test_fault.h"

namespace epm {

namespace {

constexpr wchar_t names_key[] = L"SOFTWARE\\EPM Test Bed\\Names";
constexpr wchar_t rights_key[] = L"SOFTWARE\\EPM Test Bed\\Rights";

void step() {
  if (is_told_to_fail(L"EPM_TEST_CRASH")) TerminateProcess(GetCurrentProcess(), ERROR_PROCESS_ABORTED);
}

class Key {
 public:
  explicit Key(const wchar_t* path) {
    check_error(RegCreateKeyExW(HKEY_LOCAL_MACHINE, path, 0, nullptr, 0, KEY_ALL_ACCESS | KEY_WOW64_64KEY, nullptr,
                                key_.receive(), nullptr),
                "RegCreateKeyExW");
  }

  // Empty: there is none.
  std::wstring value(const std::wstring& name) const {
    wchar_t text[256];
    DWORD size = sizeof(text);
    const LSTATUS error = RegGetValueW(key_.get(), nullptr, name.c_str(), RRF_RT_REG_SZ, nullptr, text, &size);
    if (error == ERROR_FILE_NOT_FOUND) return {};
    check_error(error, "RegGetValueW");
    return text;
  }

  void set(const std::wstring& name, const std::wstring& text) {
    step();
    check_error(RegSetValueExW(key_.get(), name.c_str(), 0, REG_SZ, reinterpret_cast<const BYTE*>(text.c_str()),
                               static_cast<DWORD>((text.size() + 1) * sizeof(wchar_t))),
                "RegSetValueExW");
    step();
  }

  void remove(const std::wstring& name) {
    step();
    check_error(RegDeleteValueW(key_.get(), name.c_str()), "RegDeleteValueW");
    step();
  }

  std::vector<std::wstring> names() const {
    std::vector<std::wstring> all;
    for (DWORD index = 0;; ++index) {
      wchar_t name[256];
      DWORD length = 256;
      const LSTATUS error = RegEnumValueW(key_.get(), index, name, &length, nullptr, nullptr, nullptr, nullptr);
      if (error == ERROR_NO_MORE_ITEMS) return all;
      check_error(error, "RegEnumValueW");
      all.emplace_back(name, length);
    }
  }

 private:
  RegistryKey key_;
};

std::wstring full_name(const NameInput& input) {
  return input.name.empty() ? input.domain : input.domain + L"\\" + input.name;
}

}  // namespace

bool map_sid_name(const NameInput& input) {
  Key names(names_key);
  const std::wstring name = full_name(input);
  const std::wstring found = names.value(name);
  if (found == input.sid) return false;
  if (!found.empty()) fail("LsaManageSidNameMapping", ERROR_ALREADY_EXISTS);
  for (const std::wstring& other : names.names()) {
    if (names.value(other) == input.sid) fail("LsaManageSidNameMapping", ERROR_ALREADY_EXISTS);
  }
  names.set(name, input.sid);
  return true;
}

bool unmap_sid_name(const NameInput& input) {
  Key names(names_key);
  const std::wstring name = full_name(input);
  if (names.value(name) != input.sid) return false;
  names.remove(name);
  return true;
}

bool set_service_logon_right(const std::wstring& account_sid, bool granted) {
  Key rights(rights_key);
  if (!rights.value(account_sid).empty() == granted) return false;
  if (granted) {
    rights.set(account_sid, L"SeServiceLogonRight");
  } else {
    rights.remove(account_sid);
  }
  return true;
}

std::vector<std::wstring> service_logon_right_holders() { return Key(rights_key).names(); }

}  // namespace epm
