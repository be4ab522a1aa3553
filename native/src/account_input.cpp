#include "account_input.h"

#include <algorithm>
#include <string_view>

#include "failure.h"

namespace epm {

namespace {

constexpr size_t max_sid = 184;  // SECURITY_MAX_SID_STRING_CHARACTERS without the NUL, rounded up
constexpr size_t max_dacl = 4096;
constexpr size_t max_privileges_text = 4096;

[[noreturn]] void refuse(const char* field) { fail(field, ERROR_INVALID_PARAMETER); }

// The text of a field, bounded: a missing NUL must not make us read on.
std::wstring text(const char16_t* field, size_t limit, const char* name) {
  if (!field) refuse(name);
  const wchar_t* begin = wide(field);
  size_t length = 0;
  while (length <= limit && begin[length] != 0) ++length;
  if (length == 0 || length > limit) refuse(name);
  return std::wstring(begin, length);
}

// "S-1-5-a-b" to {a, b}; decimal without leading zeros, so that one SID has one text.
std::vector<uint32_t> sub_authorities(const std::wstring& sid, const char* name) {
  static const std::wstring prefix = L"S-1-5-";
  if (sid.compare(0, prefix.size(), prefix) != 0) refuse(name);
  std::vector<uint32_t> parts;
  size_t at = prefix.size();
  for (;;) {
    uint64_t number = 0;
    const size_t begin = at;
    while (at < sid.size() && sid[at] >= L'0' && sid[at] <= L'9' && at - begin < 10) {
      number = number * 10 + static_cast<uint64_t>(sid[at++] - L'0');
    }
    const size_t digits = at - begin;
    if (digits == 0 || number > UINT32_MAX || (digits > 1 && sid[begin] == L'0')) refuse(name);
    parts.push_back(static_cast<uint32_t>(number));
    if (at == sid.size()) return parts;
    if (sid[at++] != L'-' || parts.size() == 15) refuse(name);
  }
}

bool is_free_domain(uint32_t part) { return part >= 100 && part <= SECURITY_MAX_BASE_RID; }

// Characters that account names forbid, by the documentation of NetUserAdd, and everything below a blank.
std::wstring account_name(const char16_t* field, const char* name) {
  std::wstring value = text(field, 64, name);
  for (const wchar_t c : value) {
    if (c < 0x20 || std::wstring_view(L"\"/\\[]:;|=,+*?<>").find(c) != std::wstring_view::npos) refuse(name);
  }
  return value;
}

std::vector<std::wstring> privilege_names(const char16_t* field) {
  static constexpr char name[] = "remove_privileges";
  std::vector<std::wstring> names;
  if (!field || field[0] == 0) return names;
  const std::wstring all = text(field, max_privileges_text, name);
  size_t begin = 0;
  while (begin <= all.size()) {
    const size_t comma = std::min(all.find(L',', begin), all.size());
    const std::wstring one = all.substr(begin, comma - begin);
    static const std::wstring suffix = L"Privilege";
    const bool fits = one.size() > 2 + suffix.size() && one.compare(0, 2, L"Se") == 0 &&
                      one.compare(one.size() - suffix.size(), suffix.size(), suffix) == 0;
    if (!fits) refuse(name);
    for (const wchar_t c : one) {
      if (!((c >= L'A' && c <= L'Z') || (c >= L'a' && c <= L'z'))) refuse(name);
    }
    names.push_back(one);
    begin = comma + 1;
  }
  return names;
}

std::wstring request_id(const char16_t* field) {
  std::wstring value = text(field, 128, "request_id");
  for (const wchar_t c : value) {
    const bool fits = (c >= L'A' && c <= L'Z') || (c >= L'a' && c <= L'z') || (c >= L'0' && c <= L'9') || c == L'-';
    if (!fits) refuse("request_id");
  }
  return value;
}

// What a token is shaped by, whosever it is.
void take_shape(const epm_account& account, AccountInput& input) {
  input.logon_sid = text(account.logon_sid, max_sid, "logon_sid");
  const auto logon = sub_authorities(input.logon_sid, "logon_sid");
  if (logon.size() != 3 || logon[0] != SECURITY_LOGON_IDS_RID) refuse("logon_sid");

  input.default_dacl = text(account.default_dacl, max_dacl, "default_dacl");
  if (input.default_dacl.compare(0, 2, L"D:") != 0 || input.default_dacl.find(L'(') == std::wstring::npos) {
    refuse("default_dacl");
  }
  input.remove_privileges = privilege_names(account.remove_privileges);
  input.request_id = request_id(account.request_id);
  input.session = account.session;
}

}  // namespace

AccountInput checked_account(const epm_account& account) {
  AccountInput input;
  input.domain_name = account_name(account.domain_name, "domain_name");
  input.account_name = account_name(account.account_name, "account_name");
  input.group_name = account_name(account.group_name, "group_name");

  input.domain_sid = text(account.domain_sid, max_sid, "domain_sid");
  const auto domain = sub_authorities(input.domain_sid, "domain_sid");
  if (domain.size() != 1 || !is_free_domain(domain[0])) refuse("domain_sid");

  input.account_sid = text(account.account_sid, max_sid, "account_sid");
  const auto own = sub_authorities(input.account_sid, "account_sid");
  if (own.size() != 6 || own[0] != domain[0]) refuse("account_sid");

  input.group_sid = text(account.group_sid, max_sid, "group_sid");
  const auto group = sub_authorities(input.group_sid, "group_sid");
  if (group.size() != 2 || !is_free_domain(group[0]) || group[1] != 0) refuse("group_sid");

  input.owner_sid = text(account.owner_sid, max_sid, "owner_sid");
  if (account.administrator > 1) refuse("administrator");
  input.administrator = account.administrator == 1;
  const bool may_own = input.administrator && input.owner_sid == L"S-1-5-32-544";
  if (input.owner_sid != input.account_sid && !may_own) refuse("owner_sid");

  take_shape(account, input);
  if (account.logon_type != LOGON32_LOGON_INTERACTIVE && account.logon_type != LOGON32_LOGON_SERVICE) {
    refuse("logon_type");
  }
  input.logon_type = account.logon_type;
  return input;
}

AccountInput checked_user_account(const epm_account& account) {
  AccountInput input;
  input.account_sid = text(account.account_sid, max_sid, "account_sid");
  if (input.account_sid.compare(0, 4, L"S-1-") != 0) refuse("account_sid");

  input.group_sid = text(account.group_sid, max_sid, "group_sid");
  const auto group = sub_authorities(input.group_sid, "group_sid");
  if (group.size() != 2 || !is_free_domain(group[0]) || group[1] != 0) refuse("group_sid");

  input.owner_sid = text(account.owner_sid, max_sid, "owner_sid");
  if (input.owner_sid != L"S-1-5-32-544") refuse("owner_sid");
  take_shape(account, input);
  input.logon_type = LOGON32_LOGON_INTERACTIVE;
  return input;
}

NameInput checked_name(const char16_t* domain, const char16_t* name, const char16_t* sid) {
  NameInput input;
  input.domain = account_name(domain, "domain");
  if (!name) refuse("name");
  if (name[0] != 0) input.name = account_name(name, "name");
  input.sid = text(sid, max_sid, "sid");
  const auto parts = sub_authorities(input.sid, "sid");
  if (!is_free_domain(parts[0])) refuse("sid");
  const bool fits = input.name.empty() ? parts.size() == 1 : parts.size() == 6 || (parts.size() == 2 && parts[1] == 0);
  if (!fits) refuse("sid");
  return input;
}

std::wstring checked_account_sid(const char16_t* sid) {
  std::wstring value = text(sid, max_sid, "account");
  const auto parts = sub_authorities(value, "account");
  if (parts.size() != 6 || !is_free_domain(parts[0])) refuse("account");
  return value;
}

}  // namespace epm
