// Logons of production builds: LSASS authenticates, with exactly the package and the buffer that were given.
#include <cstddef>
#include <cstring>
#include <memory>

#include "failure.h"
#include "full_token.h"
#include "lsa_connection.h"
#include "platform.h"
#include "privileges.h"
#include "security_text.h"
#include "token_facts.h"
#include "token_shape.h"
#include "user_logon.h"

namespace epm {

namespace {

// The packages that authenticate people at a machine. A client chooses the number, so that every other package, which
// might take something else for a proof, is refused.
constexpr const char* packages[] = {"Negotiate", "Kerberos", "MICROSOFT_AUTHENTICATION_PACKAGE_V1_0", "CloudAP"};

// STATUS_NO_SUCH_PACKAGE ([MS-ERREF] 2.3.1).
constexpr NtStatus no_such_package = static_cast<NtStatus>(0xC00000FE);

// TOKEN_GROUPS of three.
struct ThreeGroups {
  DWORD count;
  SID_AND_ATTRIBUTES groups[3];
};
static_assert(offsetof(ThreeGroups, groups) == offsetof(TOKEN_GROUPS, Groups));

constexpr DWORD member = SE_GROUP_MANDATORY | SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_ENABLED;

struct LsaBufferDeleter {
  void operator()(void* memory) const {
    const auto release = system_function<decltype(&LsaFreeReturnBuffer)>(L"secur32.dll", "LsaFreeReturnBuffer");
    if (release) release(memory);
  }
};

// Null when the number is that of no package in the list.
const char* known_package(const LsaConnection& lsa, uint32_t& number) {
  for (const char* name : packages) {
    uint32_t found = 0;
    if (!lsa.find_package(name, found)) continue;
    if (number == negotiate_package) number = found;
    if (number == found) return name;
  }
  return nullptr;
}

// What Windows keeps of the logon session, read back.
void read_session(LUID& luid, UserLogon& logon) {
  SECURITY_LOGON_SESSION_DATA* data = nullptr;
  const auto read = lsa_function<decltype(LsaGetLogonSessionData)>("LsaGetLogonSessionData");
  check_status(read(&luid, &data), "LsaGetLogonSessionData");
  const std::unique_ptr<void, LsaBufferDeleter> owner(data);
  logon.logon_type = data->LogonType;
  // ASCII names only; anything else leaves the name that was asked for.
  const LSA_UNICODE_STRING& name = data->AuthenticationPackage;
  std::string package;
  for (size_t at = 0; at < name.Length / sizeof(wchar_t) && at < 64; ++at) {
    if (name.Buffer[at] < 0x21 || name.Buffer[at] > 0x7e) return;
    package += static_cast<char>(name.Buffer[at]);
  }
  if (!package.empty()) logon.package = package;
}

Handle wanted_token(Handle logon_token, const AccountInput& account) {
  const Handle full = full_token(std::move(logon_token), account);
  Handle token = primary_copy(full, account);
  shape_token(token.get(), account);
  return token;
}

}  // namespace

UserLogon log_on_user(const LogonInput& input) {
  // On Wine the calls below would accept everybody.
  if (is_wine()) fail("wine_get_version", ERROR_NOT_SUPPORTED);
  enable_own_privilege(L"SeTcbPrivilege");
  const LsaConnection lsa(true);
  UserLogon logon;
  logon.factory = "windowsLogon";
  uint32_t package = input.package;
  const char* name = known_package(lsa, package);
  if (!name) {
    logon.status = no_such_package;
    return logon;
  }
  logon.package = name;

  SecurityPointer sids[3];
  ThreeGroups groups{3, {}};
  if (input.account) {
    // The requester's logon SID opens the window station and desktop. It must be first.
    sids[0] = sid_from_text(input.account->logon_sid.c_str());
    sids[1] = sid_from_text(L"S-1-5-32-544");
    sids[2] = sid_from_text(input.account->group_sid.c_str());
    groups.groups[0] = {sids[0].get(), SE_GROUP_LOGON_ID | member};
    groups.groups[1] = {sids[1].get(), member | SE_GROUP_OWNER};
    groups.groups[2] = {sids[2].get(), member};
  }
  LSA_STRING origin = lsa_string("EPM");
  TOKEN_SOURCE source{{'E', 'P', 'M', ' ', ' ', ' ', ' ', ' '}, {}};
  check(AllocateLocallyUniqueId(&source.SourceIdentifier), "AllocateLocallyUniqueId");
  void* profile = nullptr;
  ULONG profile_length = 0;
  LUID luid{};
  HANDLE made = nullptr;
  QUOTA_LIMITS quota{};
  NTSTATUS substatus = 0;
  const auto log_on = lsa_function<decltype(LsaLogonUser)>("LsaLogonUser");
  const NtStatus status = log_on(lsa.get(), &origin, Interactive, package, const_cast<uint8_t*>(input.buffer),
                                 input.length, input.account ? reinterpret_cast<TOKEN_GROUPS*>(&groups) : nullptr,
                                 &source, &profile, &profile_length, &luid, &made, &quota, &substatus);
  const std::unique_ptr<void, LsaBufferDeleter> profile_owner(profile);
  logon.token = Handle(made);
  if (!nt_success(status) || !logon.token) {
    logon.token.close();
    logon.status = nt_success(status) ? static_cast<NtStatus>(0xC000006D) : status;
    logon.substatus = substatus;
    return logon;
  }
  read_session(luid, logon);
  if (input.account) {
    const SecurityPointer wanted = sid_from_text(input.account->account_sid.c_str());
    const auto user = token_information(logon.token.get(), TokenUser);
    if (!EqualSid(reinterpret_cast<const TOKEN_USER*>(user.data())->User.Sid, wanted.get())) {
      logon.token.close();
      logon.other_user = true;
      return logon;
    }
    logon.token = wanted_token(std::move(logon.token), *input.account);
  }
  return logon;
}

std::wstring user_sid(const wchar_t* name) {
  BYTE sid[SECURITY_MAX_SID_SIZE];
  wchar_t domain[512];
  DWORD sid_length = sizeof(sid);
  DWORD domain_length = 512;
  SID_NAME_USE use{};
  if (!LookupAccountNameW(nullptr, name, sid, &sid_length, domain, &domain_length, &use)) return {};
  return use == SidTypeUser ? sid_text(sid) : std::wstring();
}

}  // namespace epm
