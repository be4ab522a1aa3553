#include "service_logon_right.h"

#include <ntsecapi.h>

#include <cwchar>

#include "failure.h"

namespace epm {

namespace {

constexpr NtStatus status_object_name_not_found = static_cast<NtStatus>(0xC0000034);

LSA_UNICODE_STRING right_name() {
  static wchar_t name[] = L"SeServiceLogonRight";
  return LSA_UNICODE_STRING{sizeof(name) - sizeof(wchar_t), sizeof(name), name};
}

bool has_right(LSA_HANDLE policy, PSID sid) {
  LSA_UNICODE_STRING* rights = nullptr;
  ULONG count = 0;
  const NtStatus status = LsaEnumerateAccountRights(policy, sid, &rights, &count);
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

ServiceLogonRight::ServiceLogonRight(const wchar_t* account_sid) : sid_(sid_from_text(account_sid)) {
  LSA_OBJECT_ATTRIBUTES attributes{};
  check_status(LsaOpenPolicy(nullptr, &attributes, POLICY_CREATE_ACCOUNT | POLICY_LOOKUP_NAMES, &policy_),
               "LsaOpenPolicy");
  try {
    if (has_right(policy_, sid_.get())) return;
    LSA_UNICODE_STRING right = right_name();
    check_status(LsaAddAccountRights(policy_, sid_.get(), &right, 1), "LsaAddAccountRights");
    granted_ = true;
  } catch (...) {
    LsaClose(policy_);
    throw;
  }
}

ServiceLogonRight::~ServiceLogonRight() {
  if (granted_) {
    LSA_UNICODE_STRING right = right_name();
    LsaRemoveAccountRights(policy_, sid_.get(), FALSE, &right, 1);
  }
  LsaClose(policy_);
}

}  // namespace epm
