// Logons of test-bed builds. Wine's own accept every password and its dialog shows nothing, so both are played here. The
// users are values of HKLM\SOFTWARE\EPM Test Bed\Users: the name is DOMAIN\name, the text "SID,digest,state", where the
// digest is SHA-256 of the SID's text and the password as UTF-16 and the state is empty or an NTSTATUS in hexadecimal.
// Passwords are really compared. What the dialog "was told" is the environment variable EPM_TEST_PROMPT of the process
// that shows it: name, bar, password. EPM_TEST_PROMPT_AGAIN is what it is told after an answer that was not accepted.
#include <cstring>
#include <vector>

#include "created_token.h"
#include "credential_prompt.h"
#include "failure.h"
#include "security_text.h"
#include "system_function.h"
#include "token_factory.h"
#include "user_logon.h"

namespace epm {

namespace {

constexpr wchar_t users_key[] = L"SOFTWARE\\EPM Test Bed\\Users";
constexpr DWORD member = SE_GROUP_MANDATORY | SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_ENABLED;
// [MS-ERREF] 2.3.1.
constexpr auto logon_failure = static_cast<NtStatus>(0xC000006D);
constexpr auto wrong_password = static_cast<NtStatus>(0xC000006A);
constexpr auto no_such_user = static_cast<NtStatus>(0xC0000064);

struct BedUser {
  std::wstring sid;
  std::wstring digest;
  std::wstring state;
};

std::optional<BedUser> find_user(const std::wstring& name) {
  wchar_t text[512];
  DWORD size = sizeof(text);
  if (RegGetValueW(HKEY_LOCAL_MACHINE, users_key, name.c_str(), RRF_RT_REG_SZ, nullptr, text, &size) != ERROR_SUCCESS) {
    return std::nullopt;
  }
  const std::wstring all(text);
  const size_t first = all.find(L',');
  const size_t second = all.find(L',', first + 1);
  if (first == std::wstring::npos || second == std::wstring::npos) return std::nullopt;
  return BedUser{all.substr(0, first), all.substr(first + 1, second - first - 1), all.substr(second + 1)};
}

std::wstring digest_of(const std::wstring& sid, const std::wstring& password) {
  using HashFunction = NtStatus(WINAPI*)(void* algorithm, UCHAR* secret, ULONG secret_size, UCHAR* input, ULONG size,
                                         UCHAR* digest, ULONG digest_size);
  // BCRYPT_SHA256_ALG_HANDLE (bcrypt.h).
  void* const sha256 = reinterpret_cast<void*>(0x41);
  const auto hash = system_function<HashFunction>(L"bcrypt.dll", "BCryptHash");
  if (!hash) fail("BCryptHash", ERROR_PROC_NOT_FOUND);
  std::wstring text = sid + password;
  UCHAR digest[32];
  check_status(hash(sha256, nullptr, 0, reinterpret_cast<UCHAR*>(text.data()),
                    static_cast<ULONG>(text.size() * sizeof(wchar_t)), digest, sizeof(digest)),
               "BCryptHash");
  SecureZeroMemory(text.data(), text.size() * sizeof(wchar_t));
  std::wstring result;
  for (const UCHAR byte : digest) {
    for (const int digit : {byte >> 4, byte & 15}) result += L"0123456789abcdef"[digit];
  }
  return result;
}

// KERB_INTERACTIVE_LOGON of x64.
constexpr size_t header = 56;
constexpr size_t places[] = {8, 24, 40};

std::wstring text_at(const LogonInput& input, size_t at) {
  uint16_t length = 0;
  uint64_t place = 0;
  if (input.length < header) fail("logon buffer", ERROR_INVALID_PARAMETER);
  std::memcpy(&length, input.buffer + at, sizeof(length));
  std::memcpy(&place, input.buffer + at + 8, sizeof(place));
  if (place > input.length || length > input.length - place) fail("logon buffer", ERROR_INVALID_PARAMETER);
  std::wstring text(length / sizeof(wchar_t), L'\0');
  std::memcpy(text.data(), input.buffer + place, text.size() * sizeof(wchar_t));
  return text;
}

Handle plain_token(const std::wstring& sid) {
  TokenDescription description;
  description.user = sid;
  description.groups = {{sid, 0}, {L"S-1-1-0", member}, {L"S-1-5-32-545", member}, {L"S-1-5-4", member}};
  description.primary_group = sid;
  description.owner = sid;
  description.default_dacl = L"D:(A;;GA;;;SY)(A;;GA;;;" + sid + L")";
  return create_token(description);
}

}  // namespace

UserLogon log_on_user(const LogonInput& input) {
  UserLogon logon;
  logon.factory = "testBed";
  logon.package = "TestBed";
  const std::wstring domain = text_at(input, places[0]);
  const std::wstring name = text_at(input, places[1]);
  const auto user = find_user(domain.empty() ? name : domain + L"\\" + name);
  std::wstring password = text_at(input, places[2]);
  const bool fits = user && digest_of(user->sid, password) == user->digest;
  SecureZeroMemory(password.data(), password.size() * sizeof(wchar_t));
  if (!fits) {
    logon.status = logon_failure;
    logon.substatus = user ? wrong_password : no_such_user;
  } else if (!user->state.empty()) {
    logon.status = static_cast<NtStatus>(std::wcstoul(user->state.c_str(), nullptr, 16));
  } else if (!input.account) {
    logon.token = plain_token(user->sid);
  } else if (user->sid != input.account->account_sid) {
    logon.other_user = true;
  } else {
    logon.token = make_token(*input.account).token;
  }
  return logon;
}

std::wstring user_sid(const wchar_t* name) {
  const auto user = find_user(name);
  return user ? user->sid : std::wstring();
}

PromptAnswer prompt_for_credential(const PromptInput& input) {
  wchar_t typed[512];
  const wchar_t* const variable = input.error == ERROR_SUCCESS ? L"EPM_TEST_PROMPT" : L"EPM_TEST_PROMPT_AGAIN";
  const DWORD length = GetEnvironmentVariableW(variable, typed, 512);
  if (length == 0 || length >= 512) fail("EPM_TEST_PROMPT", ERROR_CANCELLED);
  const std::wstring all(typed, length);
  SecureZeroMemory(typed, sizeof(typed));
  const size_t bar = all.find(L'|');
  const size_t back = all.find(L'\\');
  if (bar == std::wstring::npos || back > bar) fail("EPM_TEST_PROMPT", ERROR_CANCELLED);
  const std::wstring parts[] = {all.substr(0, back), all.substr(back + 1, bar - back - 1), all.substr(bar + 1)};
  size_t size = header;
  for (const std::wstring& part : parts) size += part.size() * sizeof(wchar_t);
  PromptAnswer answer;
  answer.buffer = SecretBytes(size);
  uint8_t* const bytes = answer.buffer.data();
  const uint32_t interactive = 2;
  std::memcpy(bytes, &interactive, sizeof(interactive));
  uint64_t place = header;
  for (size_t index = 0; index < 3; ++index) {
    const auto part_size = static_cast<uint16_t>(parts[index].size() * sizeof(wchar_t));
    std::memcpy(bytes + places[index], &part_size, sizeof(part_size));
    std::memcpy(bytes + places[index] + 2, &part_size, sizeof(part_size));
    std::memcpy(bytes + places[index] + 8, &place, sizeof(place));
    std::memcpy(bytes + place, parts[index].data(), part_size);
    place += part_size;
  }
  return answer;
}

}  // namespace epm
