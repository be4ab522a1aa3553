#include "full_token.h"

#include "failure.h"
#include "security_text.h"
#include "token_facts.h"

namespace epm {

namespace {

constexpr wchar_t administrators[] = L"S-1-5-32-544";
constexpr DWORD error_invalid_label = 1299;  // ERROR_INVALID_LABEL, not in every winerror.h
constexpr DWORD enabled_owner = SE_GROUP_ENABLED | SE_GROUP_OWNER;

}  // namespace

// An interactive logon of a member of Administrators gives the filtered half of a pair; the linked half is the full
// token, and a primary one because SeTcbPrivilege is enabled. With UAC off, and of a service logon, there is
// no pair, and the token must already be full. With Administrator Protection the linked half is another account's, which the check of the user
// refuses.
Handle full_token(Handle logon_token, const AccountInput& account) {
  Handle full;
  if (token_elevation_type(logon_token.get()) == TokenElevationTypeLimited) {
    const auto information = token_information(logon_token.get(), TokenLinkedToken);
    full = Handle(reinterpret_cast<const TOKEN_LINKED_TOKEN*>(information.data())->LinkedToken);
    if (!full) fail("GetTokenInformation(TokenLinkedToken)", ERROR_NO_TOKEN);
  } else {
    full = std::move(logon_token);
  }
  if (token_user(full.get()) != account.account_sid) fail("full token: user", ERROR_INVALID_OWNER);
  if (!token_has_group(full.get(), administrators, enabled_owner))
    fail("full token: groups", ERROR_MEMBER_NOT_IN_GROUP);
  if (token_integrity(full.get()) != static_cast<DWORD>(SECURITY_MANDATORY_HIGH_RID)) {
    fail("full token: integrity", error_invalid_label);
  }
  return full;
}

Handle standard_token(Handle logon_token, const AccountInput& account) {
  if (token_user(logon_token.get()) != account.account_sid) fail("standard token: user", ERROR_INVALID_OWNER);
  if (token_has_group(logon_token.get(), administrators, 0)) fail("standard token: groups", ERROR_MEMBER_IN_GROUP);
  if (token_integrity(logon_token.get()) != static_cast<DWORD>(SECURITY_MANDATORY_MEDIUM_RID)) {
    fail("standard token: integrity", error_invalid_label);
  }
  return logon_token;
}

Handle primary_copy(const Handle& token, const AccountInput& account) {
  // The token's own security: an elevated program adjusts its privileges, nobody else touches its token.
  const std::wstring sddl = L"D:P(A;;GA;;;SY)(A;;GA;;;" + account.owner_sid + L")";
  const SecurityPointer descriptor = descriptor_from_sddl(sddl.c_str());
  SECURITY_ATTRIBUTES attributes{sizeof(attributes), descriptor.get(), FALSE};
  Handle copy;
  check(DuplicateTokenEx(token.get(), TOKEN_ALL_ACCESS, &attributes, SecurityAnonymous, TokenPrimary, copy.receive()),
        "DuplicateTokenEx");
  return copy;
}

}  // namespace epm
