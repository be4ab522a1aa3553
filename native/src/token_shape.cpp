#include "token_shape.h"

#include "failure.h"
#include "nt_types.h"
#include "privileges.h"
#include "security_text.h"
#include "system_function.h"

namespace epm {

namespace {

// The session decides on which desktop the process appears. Needs SeTcbPrivilege.
void set_session(HANDLE token, DWORD session) {
  check(SetTokenInformation(token, TokenSessionId, &session, sizeof(session)), "SetTokenInformation(TokenSessionId)");
}

// New objects belong to the account, not to Administrators, so that other elevated accounts do not own them.
void set_owner(HANDLE token, const AccountInput& account) {
  const SecurityPointer sid = sid_from_text(account.owner_sid.c_str());
  TOKEN_OWNER owner{sid.get()};
  check(SetTokenInformation(token, TokenOwner, &owner, sizeof(owner)), "SetTokenInformation(TokenOwner)");
}

// The marker group, which is in every token: what Windows chooses by itself is not known beforehand.
void set_primary_group(HANDLE token, const AccountInput& account) {
  const SecurityPointer sid = sid_from_text(account.group_sid.c_str());
  TOKEN_PRIMARY_GROUP group{sid.get()};
  check(SetTokenInformation(token, TokenPrimaryGroup, &group, sizeof(group)), "SetTokenInformation(TokenPrimaryGroup)");
}

// A process made from a lower labelled image gets the lower label, and nothing below may write up.
void set_mandatory_policy(HANDLE token) {
  TOKEN_MANDATORY_POLICY policy{TOKEN_MANDATORY_POLICY_NO_WRITE_UP | TOKEN_MANDATORY_POLICY_NEW_PROCESS_MIN};
  check(SetTokenInformation(token, TokenMandatoryPolicy, &policy, sizeof(policy)),
        "SetTokenInformation(TokenMandatoryPolicy)");
}

UNICODE_STRING counted(std::wstring& text) {
  const USHORT bytes = static_cast<USHORT>(text.size() * sizeof(wchar_t));
  return UNICODE_STRING{bytes, bytes, text.data()};
}

// Inherited with the token by every descendant, in or out of the job; only SeTcbPrivilege can set or change it.
void set_request_attribute(HANDLE token, const AccountInput& account) {
  using NtSetInformationTokenFunction = NtStatus(WINAPI*)(HANDLE, ULONG, void*, ULONG);
  const auto set = system_function<NtSetInformationTokenFunction>(L"ntdll.dll", "NtSetInformationToken");
  if (!set) fail("NtSetInformationToken", ERROR_PROC_NOT_FOUND);
  std::wstring name = L"EPM://request";
  std::wstring value = account.request_id;
  UNICODE_STRING counted_value = counted(value);
  SecurityAttribute attribute{counted(name), security_attribute_type_string, 0, 0, 1, &counted_value};
  SecurityAttributes attributes{1, 0, 1, &attribute};
  SecurityAttributeOperation operation = operation_add;
  SecurityAttributesAndOperations both{&attributes, &operation};
  check_status(set(token, TokenSecurityAttributes, &both, sizeof(both)), "NtSetInformationToken(SecurityAttributes)");
}

}  // namespace

void set_default_dacl(HANDLE token, const AccountInput& account) {
  const SecurityPointer descriptor = descriptor_from_sddl(account.default_dacl.c_str());
  TOKEN_DEFAULT_DACL dacl{dacl_of(descriptor)};
  check(SetTokenInformation(token, TokenDefaultDacl, &dacl, sizeof(dacl)), "SetTokenInformation(TokenDefaultDacl)");
}

void shape_token(HANDLE token, const AccountInput& account) {
  set_session(token, account.session);
  set_owner(token, account);
  set_primary_group(token, account);
  set_default_dacl(token, account);
  set_mandatory_policy(token);
  set_request_attribute(token, account);
  remove_privileges(token, account.remove_privileges);
}

}  // namespace epm
