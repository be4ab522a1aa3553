#include "token_facts.h"

#include <string_view>

#include "failure.h"
#include "nt_types.h"
#include "platform.h"
#include "privileges.h"
#include "security_text.h"

namespace epm {

namespace {

// A token with more groups or claims than this does not exist; the bound keeps a lying length from allocating more.
constexpr DWORD max_information = 1024 * 1024;

template <typename T>
const T& as(const std::vector<BYTE>& information) {
  if (information.size() < sizeof(T)) fail("GetTokenInformation", ERROR_INVALID_DATA);
  return *reinterpret_cast<const T*>(information.data());
}

template <typename T>
std::optional<T> optional_value(HANDLE token, TOKEN_INFORMATION_CLASS information) {
  const auto bytes = optional_token_information(token, information);
  if (!bytes || bytes->size() < sizeof(T)) return std::nullopt;
  return as<T>(*bytes);
}

void optional_bool(JsonWriter& json, std::string_view name, HANDLE token, TOKEN_INFORMATION_CLASS information) {
  const auto value = optional_value<DWORD>(token, information);
  json.key(name);
  if (value) {
    json.value(*value != 0);
  } else {
    json.null();
  }
}

DWORD last_sub_authority(PSID sid) {
  const UCHAR count = *GetSidSubAuthorityCount(sid);
  if (count == 0) fail("GetSidSubAuthorityCount", ERROR_INVALID_SID);
  return *GetSidSubAuthority(sid, count - 1u);
}

void write_groups(JsonWriter& json, HANDLE token) {
  const auto information = token_information(token, TokenGroups);
  const auto& groups = as<TOKEN_GROUPS>(information);
  std::wstring logon_sid;
  json.key("groups");
  json.begin_array();
  for (DWORD i = 0; i < groups.GroupCount; ++i) {
    const SID_AND_ATTRIBUTES& group = groups.Groups[i];
    const std::wstring sid = sid_text(group.Sid);
    if ((group.Attributes & SE_GROUP_LOGON_ID) == SE_GROUP_LOGON_ID && logon_sid.empty()) logon_sid = sid;
    json.begin_object();
    json.member("sid", sid);
    json.member("attributes", static_cast<uint32_t>(group.Attributes));
    json.end_object();
  }
  json.end_array();
  json.member("logonSid", logon_sid);
}

void write_privileges(JsonWriter& json, HANDLE token) {
  const auto information = token_information(token, TokenPrivileges);
  const auto& privileges = as<TOKEN_PRIVILEGES>(information);
  json.key("privileges");
  json.begin_array();
  for (DWORD i = 0; i < privileges.PrivilegeCount; ++i) {
    const LUID_AND_ATTRIBUTES& one = privileges.Privileges[i];
    std::wstring name = privilege_name(one.Luid);
    if (name.empty()) name = L"LUID " + std::to_wstring(one.Luid.LowPart);
    json.begin_object();
    json.member("name", name);
    json.member("attributes", static_cast<uint32_t>(one.Attributes));
    json.end_object();
  }
  json.end_array();
}

// Wine gives tokens that were made by NtCreateToken the elevation type 0, which is no value of the enumeration, and
// derives "elevated" from it; neither is then a fact.
void write_elevation(JsonWriter& json, HANDLE token) {
  const auto type = optional_value<DWORD>(token, TokenElevationType);
  const bool known = type && *type >= TokenElevationTypeDefault && *type <= TokenElevationTypeLimited;
  if (!known) {
    json.null_member("elevated");
    json.null_member("elevationType");
    return;
  }
  optional_bool(json, "elevated", token, TokenElevation);
  json.member("elevationType", static_cast<uint32_t>(*type));
}

void write_default_dacl(JsonWriter& json, HANDLE token) {
  const auto information = token_information(token, TokenDefaultDacl);
  const PACL dacl = as<TOKEN_DEFAULT_DACL>(information).DefaultDacl;
  json.member("defaultDacl", dacl ? dacl_text(dacl) : std::wstring());
}

// By the restricting SIDs: TokenHasRestrictions is also set on tokens that UAC only filtered.
void write_restricted(JsonWriter& json, HANDLE token) {
  const auto information = optional_token_information(token, TokenRestrictedSids);
  if (!information) return json.null_member("restricted");
  json.member("restricted", as<TOKEN_GROUPS>(*information).GroupCount != 0);
}

void write_source(JsonWriter& json, HANDLE token) {
  const auto source = optional_value<TOKEN_SOURCE>(token, TokenSource);
  if (!source) return json.null_member("source");
  json.member("source", std::string_view(source->SourceName, TOKEN_SOURCE_LENGTH));
}

void write_security_attributes(JsonWriter& json, HANDLE token) {
  const auto information = optional_token_information(token, TokenSecurityAttributes);
  if (!information || information->size() < sizeof(SecurityAttributes)) return json.null_member("securityAttributes");
  const auto& attributes = as<SecurityAttributes>(*information);
  json.key("securityAttributes");
  json.begin_array();
  for (ULONG i = 0; i < attributes.count; ++i) {
    const SecurityAttribute& one = attributes.attributes[i];
    const std::wstring name(one.name.Buffer, one.name.Length / sizeof(wchar_t));
    if (one.value_type != security_attribute_type_string) {
      json.value(name);
      continue;
    }
    for (ULONG v = 0; v < one.value_count; ++v) {
      const UNICODE_STRING& value = one.strings[v];
      json.value(name + L"=" + std::wstring(value.Buffer, value.Length / sizeof(wchar_t)));
    }
  }
  json.end_array();
}

}  // namespace

std::vector<BYTE> token_information(HANDLE token, TOKEN_INFORMATION_CLASS information) {
  std::vector<BYTE> buffer(512);
  for (;;) {
    DWORD needed = 0;
    if (GetTokenInformation(token, information, buffer.data(), static_cast<DWORD>(buffer.size()), &needed)) {
      return buffer;
    }
    const DWORD error = GetLastError();
    // Windows takes some classes, such as TokenSessionId, in their own size only (STATUS_INFO_LENGTH_MISMATCH).
    const bool grows = error == ERROR_INSUFFICIENT_BUFFER && needed > buffer.size() && needed <= max_information;
    const bool shrinks = error == ERROR_BAD_LENGTH && needed != 0 && needed < buffer.size();
    if (!grows && !shrinks) fail("GetTokenInformation", error);
    buffer.resize(needed);
  }
}

std::optional<std::vector<BYTE>> optional_token_information(HANDLE token, TOKEN_INFORMATION_CLASS information) {
  try {
    return token_information(token, information);
  } catch (const Failure&) {
    return std::nullopt;
  }
}

std::wstring token_user(HANDLE token) {
  const auto information = token_information(token, TokenUser);
  return sid_text(as<TOKEN_USER>(information).User.Sid);
}

// Wine answers High for every token; there the label that was put among the groups is the only thing that is known.
std::optional<DWORD> token_integrity(HANDLE token) {
  if (!is_wine()) {
    const auto information = optional_token_information(token, TokenIntegrityLevel);
    if (!information) return std::nullopt;
    return last_sub_authority(as<TOKEN_MANDATORY_LABEL>(*information).Label.Sid);
  }
  const auto information = token_information(token, TokenGroups);
  const auto& groups = as<TOKEN_GROUPS>(information);
  for (DWORD i = 0; i < groups.GroupCount; ++i) {
    if (groups.Groups[i].Attributes & SE_GROUP_INTEGRITY) return last_sub_authority(groups.Groups[i].Sid);
  }
  return std::nullopt;
}

namespace {

std::optional<DWORD> group_attributes(HANDLE token, const wchar_t* sid) {
  const SecurityPointer wanted = sid_from_text(sid);
  const auto information = token_information(token, TokenGroups);
  const auto& groups = as<TOKEN_GROUPS>(information);
  for (DWORD i = 0; i < groups.GroupCount; ++i) {
    if (EqualSid(groups.Groups[i].Sid, wanted.get())) return groups.Groups[i].Attributes;
  }
  return std::nullopt;
}

}  // namespace

bool token_has_group(HANDLE token, const wchar_t* sid, DWORD attributes) {
  const auto found = group_attributes(token, sid);
  return found && (*found & attributes) == attributes && (*found & SE_GROUP_USE_FOR_DENY_ONLY) == 0;
}

TOKEN_ELEVATION_TYPE token_elevation_type(HANDLE token) {
  const auto information = token_information(token, TokenElevationType);
  return as<TOKEN_ELEVATION_TYPE>(information);
}

void write_token_facts(JsonWriter& json, HANDLE token) {
  json.begin_object();
  json.member("user", token_user(token));
  write_groups(json, token);
  write_privileges(json, token);
  const auto integrity = token_integrity(token);
  if (integrity) {
    json.member("integrity", static_cast<uint32_t>(*integrity));
  } else {
    json.null_member("integrity");
  }
  const auto session = token_information(token, TokenSessionId);
  json.member("session", static_cast<uint32_t>(as<DWORD>(session)));
  const auto statistics_information = token_information(token, TokenStatistics);
  const auto& statistics = as<TOKEN_STATISTICS>(statistics_information);
  json.member("type", statistics.TokenType == TokenPrimary ? "primary" : "impersonation");
  write_elevation(json, token);
  const LUID& logon = statistics.AuthenticationId;
  if (is_wine()) {
    json.null_member("authenticationId");  // Wine keeps no logon session: it answers 0 for every token
  } else {
    const uint64_t id = (static_cast<uint64_t>(static_cast<DWORD>(logon.HighPart)) << 32) | logon.LowPart;
    json.member("authenticationId", hex(id, 16));
  }
  const auto owner = token_information(token, TokenOwner);
  json.member("owner", sid_text(as<TOKEN_OWNER>(owner).Owner));
  const auto group = token_information(token, TokenPrimaryGroup);
  json.member("primaryGroup", sid_text(as<TOKEN_PRIMARY_GROUP>(group).PrimaryGroup));
  write_default_dacl(json, token);
  optional_bool(json, "appContainer", token, TokenIsAppContainer);
  write_restricted(json, token);
  optional_bool(json, "virtualizationEnabled", token, TokenVirtualizationEnabled);
  const auto policy = optional_value<TOKEN_MANDATORY_POLICY>(token, TokenMandatoryPolicy);
  if (policy) {
    json.member("mandatoryPolicy", static_cast<uint32_t>(policy->Policy));
  } else {
    json.null_member("mandatoryPolicy");
  }
  write_source(json, token);
  write_security_attributes(json, token);
  json.end_object();
}

}  // namespace epm
