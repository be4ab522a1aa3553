#include "service_logon_right.h"

#include <ntsecapi.h>

#include <cwchar>

#include "failure.h"
#include "security_text.h"

namespace epm {

namespace {

constexpr NtStatus status_object_name_not_found = static_cast<NtStatus>(0xC0000034);
constexpr NtStatus status_no_more_entries = static_cast<NtStatus>(0x8000001A);
// More holders of one right than any machine has.
constexpr ULONG max_holders = 10000;

LSA_UNICODE_STRING right_name() {
  static wchar_t name[] = L"SeServiceLogonRight";
  return LSA_UNICODE_STRING{sizeof(name) - sizeof(wchar_t), sizeof(name), name};
}

class Policy {
 public:
  explicit Policy(ACCESS_MASK access) {
    LSA_OBJECT_ATTRIBUTES attributes{};
    check_status(LsaOpenPolicy(nullptr, &attributes, access, &handle_), "LsaOpenPolicy");
  }
  ~Policy() { LsaClose(handle_); }
  Policy(const Policy&) = delete;
  Policy& operator=(const Policy&) = delete;
  LSA_HANDLE get() const { return handle_; }

 private:
  LSA_HANDLE handle_ = nullptr;
};

bool has_right(const Policy& policy, PSID sid) {
  LSA_UNICODE_STRING* rights = nullptr;
  ULONG count = 0;
  const NtStatus status = LsaEnumerateAccountRights(policy.get(), sid, &rights, &count);
  if (status == status_object_name_not_found) return false;  // the account has no right at all
  check_status(status, "LsaEnumerateAccountRights");
  const LSA_UNICODE_STRING wanted = right_name();
  bool found = false;
  for (ULONG i = 0; i < count; ++i) {
    found = found || (rights[i].Length == wanted.Length &&
                      std::wmemcmp(rights[i].Buffer, wanted.Buffer, wanted.Length / sizeof(wchar_t)) == 0);
  }
  LsaFreeMemory(rights);
  return found;
}

}  // namespace

bool set_service_logon_right(const std::wstring& account_sid, bool granted) {
  const SecurityPointer sid = sid_from_text(account_sid.c_str());
  const Policy policy(POLICY_CREATE_ACCOUNT | POLICY_LOOKUP_NAMES);
  if (has_right(policy, sid.get()) == granted) return false;
  LSA_UNICODE_STRING right = right_name();
  if (granted) {
    check_status(LsaAddAccountRights(policy.get(), sid.get(), &right, 1), "LsaAddAccountRights");
  } else {
    check_status(LsaRemoveAccountRights(policy.get(), sid.get(), FALSE, &right, 1), "LsaRemoveAccountRights");
  }
  if (has_right(policy, sid.get()) != granted) fail("LsaEnumerateAccountRights", ERROR_INVALID_DATA);
  return true;
}

std::vector<std::wstring> service_logon_right_holders() {
  const Policy policy(POLICY_LOOKUP_NAMES | POLICY_VIEW_LOCAL_INFORMATION);
  LSA_UNICODE_STRING right = right_name();
  void* buffer = nullptr;
  ULONG count = 0;
  const NtStatus status = LsaEnumerateAccountsWithUserRight(policy.get(), &right, &buffer, &count);
  if (status == status_no_more_entries) return {};
  check_status(status, "LsaEnumerateAccountsWithUserRight");
  std::vector<std::wstring> holders;
  const auto accounts = static_cast<const LSA_ENUMERATION_INFORMATION*>(buffer);
  try {
    if (count > max_holders) fail("LsaEnumerateAccountsWithUserRight", ERROR_INVALID_DATA);
    for (ULONG i = 0; i < count; ++i) holders.push_back(sid_text(accounts[i].Sid));
  } catch (...) {
    LsaFreeMemory(buffer);
    throw;
  }
  LsaFreeMemory(buffer);
  return holders;
}

}  // namespace epm
