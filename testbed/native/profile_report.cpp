#include "profile_report.h"

#include <initguid.h>
// After initguid.h, which makes it define the identifiers.
#include <knownfolders.h>
#include <shlobj.h>

#include <optional>
#include <vector>

#include "failure.h"
#include "handle.h"
#include "system_function.h"
#include "token_facts.h"

namespace bed {

namespace {

const std::wstring test_key = L"Software\\EpmTest";

std::optional<std::wstring> text_value(HKEY root, const std::wstring& key, const std::wstring& name) {
  wchar_t text[256];
  DWORD size = sizeof(text);
  const LSTATUS error = RegGetValueW(root, key.c_str(), name.c_str(), RRF_RT_REG_SZ, nullptr, text, &size);
  if (error == ERROR_FILE_NOT_FOUND) return std::nullopt;
  epm::check_error(error, "RegGetValueW");
  return text;
}

void write_optional(epm::JsonWriter& json, const char* name, const std::optional<std::wstring>& text) {
  if (text) {
    json.member(name, *text);
  } else {
    json.null_member(name);
  }
}

std::wstring known_folder(const KNOWNFOLDERID& id) {
  PWSTR path = nullptr;
  const HRESULT found = SHGetKnownFolderPath(id, 0, nullptr, &path);
  const std::wstring text = SUCCEEDED(found) && path ? path : L"";
  CoTaskMemFree(path);
  return text;
}

std::wstring temporary_folder() {
  wchar_t path[MAX_PATH + 1];
  const DWORD length = GetTempPathW(MAX_PATH + 1, path);
  epm::check(length != 0 && length <= MAX_PATH, "GetTempPathW");
  return std::wstring(path, length);
}

DWORD write_file(const std::wstring& path) {
  const epm::Handle file(CreateFileW(path.c_str(), GENERIC_WRITE, 0, nullptr, CREATE_ALWAYS, 0, nullptr));
  if (!file) return GetLastError();
  DWORD written = 0;
  return WriteFile(file.get(), "epm", 3, &written, nullptr) ? ERROR_SUCCESS : GetLastError();
}

// SYSTEM_HANDLE_INFORMATION_EX, as ntdll gives it for the class SystemExtendedHandleInformation.
struct HandleEntry {
  void* object;
  ULONG_PTR process_id;
  ULONG_PTR value;
  ULONG access;
  USHORT trace;
  USHORT type;
  ULONG attributes;
  ULONG reserved;
};
constexpr ULONG extended_handle_information = 64;
constexpr LONG length_mismatch = static_cast<LONG>(0xC0000004);

}  // namespace

void write_profile(epm::JsonWriter& json, HANDLE token, const std::wstring& name, const std::wstring& value) {
  json.begin_object();
  write_optional(json, "before", text_value(HKEY_CURRENT_USER, test_key, name));
  epm::check_error(RegSetKeyValueW(HKEY_CURRENT_USER, test_key.c_str(), name.c_str(), REG_SZ, value.c_str(),
                                   static_cast<DWORD>((value.size() + 1) * sizeof(wchar_t))),
                   "RegSetKeyValueW");
  write_optional(json, "hive", text_value(HKEY_USERS, epm::token_user(token) + L"\\" + test_key, name));
  write_optional(json, "default", text_value(HKEY_USERS, L".DEFAULT\\" + test_key, name));
  const std::wstring temporary = temporary_folder();
  json.member("temporary", temporary);
  json.member("temporaryError", static_cast<uint32_t>(write_file(temporary + name + L".tmp")));
  json.key("folders");
  json.begin_object();
  json.member("profile", known_folder(FOLDERID_Profile));
  json.member("desktop", known_folder(FOLDERID_Desktop));
  json.member("documents", known_folder(FOLDERID_Documents));
  json.member("downloads", known_folder(FOLDERID_Downloads));
  json.member("localData", known_folder(FOLDERID_LocalAppData));
  json.end_object();
  json.end_object();
}

uint32_t handles_of(DWORD process_id) {
  using QueryFunction = LONG(WINAPI*)(ULONG, void*, ULONG, ULONG*);
  const auto query = epm::system_function<QueryFunction>(L"ntdll.dll", "NtQuerySystemInformation");
  if (!query) epm::fail("NtQuerySystemInformation", ERROR_PROC_NOT_FOUND);
  std::vector<BYTE> bytes(1 << 20);
  for (;;) {
    ULONG needed = 0;
    const LONG status = query(extended_handle_information, bytes.data(), static_cast<ULONG>(bytes.size()), &needed);
    if (status == length_mismatch && bytes.size() < (1u << 28)) {
      bytes.resize(bytes.size() * 2);
      continue;
    }
    epm::check_status(status, "NtQuerySystemInformation");
    break;
  }
  const ULONG_PTR count = *reinterpret_cast<const ULONG_PTR*>(bytes.data());
  const auto* entries = reinterpret_cast<const HandleEntry*>(bytes.data() + 2 * sizeof(ULONG_PTR));
  uint32_t own = 0;
  for (ULONG_PTR index = 0; index < count; ++index) {
    if (entries[index].process_id == process_id) ++own;
  }
  return own;
}

}  // namespace bed
