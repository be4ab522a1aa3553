#include "program_path.h"

#include <tlhelp32.h>

#include <string_view>
#include <vector>

#include "command_line.h"
#include "failure.h"
#include "handle.h"
#include "token_facts.h"

namespace epm {

namespace {

constexpr DWORD max_path = 32767;

std::wstring_view name_of(std::wstring_view path) {
  const size_t slash = path.find_last_of(L"\\/");
  return slash == std::wstring_view::npos ? path : path.substr(slash + 1);
}

bool same_name(std::wstring_view left, std::wstring_view right) {
  return CompareStringOrdinal(left.data(), static_cast<int>(left.size()), right.data(), static_cast<int>(right.size()),
                              TRUE) == CSTR_EQUAL;
}

bool is_file(const std::wstring& path) {
  const DWORD attributes = GetFileAttributesW(path.c_str());
  return attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) == 0;
}

std::wstring folder_of(const std::wstring& path) {
  const size_t slash = path.find_last_of(L"\\/");
  return slash == std::wstring::npos ? std::wstring() : path.substr(0, slash);
}

// A length function of Windows that says how much it needs.
template <typename Call>
std::wstring sized_text(Call call) {
  std::wstring text(260, L'\0');
  for (;;) {
    const DWORD length = call(text.data(), static_cast<DWORD>(text.size()));
    if (length == 0 || length > max_path) return {};
    if (length < text.size()) {
      text.resize(length);
      return text;
    }
    text.resize(length + 1);
  }
}

std::wstring parent_folder() {
  const DWORD own = GetCurrentProcessId();
  const Handle snapshot(CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0));
  PROCESSENTRY32W entry{};
  entry.dwSize = sizeof(entry);
  if (!snapshot || !Process32FirstW(snapshot.get(), &entry)) return {};
  do {
    if (entry.th32ProcessID != own) continue;
    const Handle parent(OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, entry.th32ParentProcessID));
    std::wstring path(max_path, L'\0');
    DWORD length = max_path;
    if (!parent || !QueryFullProcessImageNameW(parent.get(), 0, path.data(), &length)) return {};
    path.resize(length);
    return folder_of(path);
  } while (Process32NextW(snapshot.get(), &entry));
  return {};
}

// Whoever has more rights than a person at the machine never takes a program from the folder that happens to be the
// current one: somebody else could have put it there, and Windows may have found another one.
bool has_more_rights() {
  Handle token;
  if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, token.receive())) return true;
  TOKEN_ELEVATION elevation{};
  DWORD length = 0;
  if (!GetTokenInformation(token.get(), TokenElevation, &elevation, sizeof(elevation), &length)) return true;
  if (elevation.TokenIsElevated != 0) return true;
  const std::wstring user = token_user(token.get());
  return user == L"S-1-5-18" || user == L"S-1-5-19" || user == L"S-1-5-20" || user.rfind(L"S-1-5-80-", 0) == 0;
}

// Where CreateProcessW looks, in its order (Microsoft Learn): folder of the program that starts, current folder, folders
// of Windows, PATH.
std::wstring search(const std::wstring& name) {
  std::wstring folders = parent_folder() + L";";
  const bool takes_current = !has_more_rights() && NeedCurrentDirectoryForExePathW(name.c_str());
  if (takes_current) folders += L".;";
  folders += sized_text([](wchar_t* text, DWORD size) { return GetSystemDirectoryW(text, size); }) + L";";
  folders += sized_text([](wchar_t* text, DWORD size) { return GetWindowsDirectoryW(text, size); }) + L";";
  folders += sized_text([](wchar_t* text, DWORD size) { return GetEnvironmentVariableW(L"PATH", text, size); });
  const std::wstring found = sized_text([&](wchar_t* text, DWORD size) {
    return SearchPathW(folders.c_str(), name.c_str(), L".exe", size, text, nullptr);
  });
  return absolute_path(found);
}

std::wstring find_candidate(const std::wstring& candidate, const std::wstring& image) {
  const std::wstring_view name = name_of(candidate);
  const bool has_extension = name.find(L'.') != std::wstring_view::npos;
  if (!same_name(name, image) && (has_extension || !same_name(std::wstring(name) + L".exe", image))) return {};
  if (candidate.find_first_of(L"\\/:") == std::wstring::npos) return search(candidate);
  const std::wstring path = absolute_path(has_extension ? candidate : candidate + L".exe");
  return !path.empty() && is_file(path) ? path : std::wstring();
}

}  // namespace

std::wstring absolute_path(const std::wstring& path) {
  if (path.empty()) return {};
  return sized_text([&](wchar_t* text, DWORD size) { return GetFullPathNameW(path.c_str(), size, text, nullptr); });
}

std::wstring find_program(const std::wstring& command_line, const std::wstring& image) {
  for (const std::wstring& candidate : program_candidates(command_line)) {
    std::wstring found = find_candidate(candidate, image);
    if (!found.empty()) return found;
  }
  // The command line names something else than what was started, as the caller of CreateProcessW may choose.
  return search(image);
}

}  // namespace epm
