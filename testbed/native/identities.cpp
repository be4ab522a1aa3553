#include "identities.h"

#include "failure.h"

namespace bed {

namespace {

constexpr DWORD member = SE_GROUP_MANDATORY | SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_ENABLED;
constexpr DWORD label = SE_GROUP_INTEGRITY | SE_GROUP_INTEGRITY_ENABLED;

const std::wstring machine = L"S-1-5-21-1000000001-1000000002-1000000003-";

epm::TokenDescription person(const std::wstring& rid) {
  epm::TokenDescription token;
  token.user = machine + rid;
  const std::wstring logon_sid = L"S-1-5-5-0-" + rid;
  token.groups = {{machine + L"513", member}, {L"S-1-1-0", member},  {L"S-1-5-32-545", member},
                  {L"S-1-5-4", member},       {L"S-1-5-11", member}, {logon_sid, member | SE_GROUP_LOGON_ID}};
  token.primary_group = machine + L"513";
  token.owner = token.user;
  token.default_dacl = L"D:(A;;GA;;;" + token.user + L")(A;;GA;;;SY)(A;;GXGR;;;" + logon_sid + L")";
  return token;
}

epm::TokenDescription standard(const std::wstring& rid) {
  epm::TokenDescription token = person(rid);
  token.groups.push_back({L"S-1-16-8192", label});
  token.privileges = {{L"SeShutdownPrivilege", false},
                      {L"SeChangeNotifyPrivilege", true},
                      {L"SeUndockPrivilege", false},
                      {L"SeIncreaseWorkingSetPrivilege", false},
                      {L"SeTimeZonePrivilege", false}};
  return token;
}

epm::TokenDescription administrator() {
  epm::TokenDescription token = person(L"1003");
  token.groups.push_back({L"S-1-5-32-544", member | SE_GROUP_OWNER});
  token.groups.push_back({L"S-1-16-12288", label});
  token.owner = L"S-1-5-32-544";
  token.privileges = epm::administrator_privileges();
  return token;
}

epm::TokenDescription system_account() {
  epm::TokenDescription token;
  token.user = L"S-1-5-18";
  token.groups = {{L"S-1-5-32-544", SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_ENABLED | SE_GROUP_OWNER},
                  {L"S-1-1-0", member},
                  {L"S-1-5-11", member},
                  {L"S-1-5-5-0-999", member | SE_GROUP_LOGON_ID},
                  {L"S-1-16-16384", label}};
  token.primary_group = L"S-1-5-32-544";
  token.owner = L"S-1-5-32-544";
  token.default_dacl = L"D:(A;;GA;;;SY)(A;;GRGX;;;BA)";
  for (auto privilege : epm::administrator_privileges()) token.privileges.push_back({privilege.first, true});
  for (const wchar_t* name : {L"SeTcbPrivilege", L"SeCreateTokenPrivilege", L"SeAssignPrimaryTokenPrivilege",
                              L"SeLockMemoryPrivilege", L"SeCreatePermanentPrivilege", L"SeAuditPrivilege",
                              L"SeRelabelPrivilege", L"SeTrustedCredManAccessPrivilege"}) {
    token.privileges.push_back({name, true});
  }
  return token;
}

}  // namespace

epm::TokenDescription identity(const std::wstring& name) {
  if (name == L"standardUser") return standard(L"1001");
  if (name == L"otherUser") return standard(L"1002");
  if (name == L"administrator") return administrator();
  if (name == L"system") return system_account();
  epm::fail("identity", ERROR_NO_SUCH_USER);
}

}  // namespace bed
