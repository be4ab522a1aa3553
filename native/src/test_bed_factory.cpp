// The token factory of test-bed builds. It makes a token with the identity, groups and privileges that the production
// factory would give, without LSASS.
//
// What Wine does not hold, and what therefore only real Windows shows: integrity levels (the label is only a group),
// elevation type, logon session, session id (always the default session), mandatory policy and security attributes. The
// facts of such a token say null for them, or what the system answers.
#include "created_token.h"
#include "failure.h"
#include "privileges.h"
#include "token_factory.h"

namespace epm {

namespace {

constexpr DWORD member = SE_GROUP_MANDATORY | SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_ENABLED;

bool is_removed(const AccountInput& account, const std::wstring& privilege) {
  for (const std::wstring& name : account.remove_privileges) {
    if (name == privilege) return true;
  }
  return false;
}

}  // namespace

MadeToken make_token(const AccountInput& account) {
  TokenDescription description;
  description.user = account.account_sid;
  description.groups = {
      {account.logon_sid, SE_GROUP_LOGON_ID | member},
      {L"S-1-5-32-544", member | SE_GROUP_OWNER},
      {account.group_sid, member},
      {L"S-1-1-0", member},
      {L"S-1-5-11", member},
      {L"S-1-5-32-545", member},
      {L"S-1-16-12288", SE_GROUP_INTEGRITY | SE_GROUP_INTEGRITY_ENABLED},
  };
  // Not enabled. It is there because Wine takes the primary group, which must be one of these, for the owner too.
  if (account.owner_sid != L"S-1-5-32-544") description.groups.push_back({account.owner_sid, 0});
  description.primary_group = account.owner_sid;
  description.owner = account.owner_sid;
  description.default_dacl = account.default_dacl;
  for (const auto& privilege : administrator_privileges()) {
    if (!is_removed(account, privilege.first)) description.privileges.push_back(privilege);
  }
  Handle token = create_token(description);
  // Proves that what had to go is not there, whatever the system made of the request.
  remove_privileges(token.get(), account.remove_privileges);
  return {std::move(token), "testBed", "created"};
}

}  // namespace epm
