// Profiles of test-bed builds. Wine has no CreateProfile and DeleteProfileW, and its LoadUserProfileW loads nothing, so this
// does by itself what they do in Windows: a folder, an entry in the profile list, and a hive that is a key of HKEY_USERS
// while it is loaded and a file in the folder while it is not.
#include <cstdio>
#include <map>

#include "failure.h"
#include "handle.h"
#include "lock.h"
#include "privileges.h"
#include "token_facts.h"
#include "user_profile.h"

namespace epm {

namespace {

const std::wstring profile_list = L"SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList";

struct SearchCloser {
  using pointer = HANDLE;
  void operator()(HANDLE search) const { FindClose(search); }
};
using Search = std::unique_ptr<HANDLE, SearchCloser>;

RegistryKey make_key(HKEY root, const std::wstring& name) {
  RegistryKey key;
  check_error(RegCreateKeyExW(root, name.c_str(), 0, nullptr, 0, KEY_ALL_ACCESS, nullptr, key.receive(), nullptr),
              "RegCreateKeyExW");
  return key;
}

bool key_exists(HKEY root, const std::wstring& name) {
  RegistryKey key;
  const LSTATUS error = RegOpenKeyExW(root, name.c_str(), 0, KEY_READ, key.receive());
  if (error == ERROR_FILE_NOT_FOUND) return false;
  check_error(error, "RegOpenKeyExW");
  return true;
}

// A text value with its variables replaced.
std::wstring folder_value(const std::wstring& key, const wchar_t* name) {
  wchar_t text[MAX_PATH];
  DWORD size = sizeof(text);
  check_error(RegGetValueW(HKEY_LOCAL_MACHINE, key.c_str(), name, RRF_RT_REG_SZ, nullptr, text, &size), "RegGetValueW");
  return text;
}

void set_text(HKEY key, const wchar_t* name, const std::wstring& text, DWORD type) {
  check_error(RegSetValueExW(key, name, 0, type, reinterpret_cast<const BYTE*>(text.c_str()),
                             static_cast<DWORD>((text.size() + 1) * sizeof(wchar_t))),
              "RegSetValueExW");
}

std::wstring hive_file(const std::wstring& sid) {
  return folder_value(profile_list + L"\\" + sid, L"ProfileImagePath") + L"\\NTUSER.DAT";
}

bool exists(const std::wstring& path) { return GetFileAttributesW(path.c_str()) != INVALID_FILE_ATTRIBUTES; }

void make_folder(const std::wstring& path) { check(CreateDirectoryW(path.c_str(), nullptr), "CreateDirectoryW"); }

// Like Windows, another name when the folder is there already.
std::wstring free_folder(const std::wstring& name) {
  const std::wstring wanted = folder_value(profile_list, L"ProfilesDirectory") + L"\\" + name;
  std::wstring path = wanted;
  for (int number = 0; exists(path); ++number) {
    wchar_t end[8];
    std::swprintf(end, 8, L".%03d", number);
    path = wanted + end;
  }
  return path;
}

void remove_tree(const std::wstring& folder) {
  WIN32_FIND_DATAW found{};
  const HANDLE first = FindFirstFileW((folder + L"\\*").c_str(), &found);
  if (first == INVALID_HANDLE_VALUE) {
    if (GetLastError() == ERROR_PATH_NOT_FOUND || GetLastError() == ERROR_FILE_NOT_FOUND) return;
    fail("FindFirstFileW", GetLastError());
  }
  Search search(first);
  do {
    const std::wstring name = found.cFileName;
    if (name == L"." || name == L"..") continue;
    const std::wstring path = folder + L"\\" + name;
    const bool is_folder = (found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
    const bool is_link = (found.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0;
    if (is_folder && !is_link) {
      remove_tree(path);
    } else {
      check(is_folder ? RemoveDirectoryW(path.c_str()) : DeleteFileW(path.c_str()), "DeleteFileW");
    }
  } while (FindNextFileW(search.get(), &found));
  search.reset();
  check(RemoveDirectoryW(folder.c_str()), "RemoveDirectoryW");
}

void enable_hive_privileges() {
  enable_own_privilege(SE_BACKUP_NAME);
  enable_own_privilege(SE_RESTORE_NAME);
}

// On the root of a hive that is in its file already and is being taken out of HKEY_USERS.
const wchar_t* const stored_value = L"EPMStored";

bool is_stored(const std::wstring& sid) {
  return RegGetValueW(HKEY_USERS, sid.c_str(), stored_value, RRF_RT_REG_SZ, nullptr, nullptr, nullptr) == ERROR_SUCCESS;
}

// Wine's hives do not know their file: what was a hive and what was made as a key are both removed as keys. A program that is
// about to end may make a key meanwhile, so that a part is left. The root goes last.
void take_out(const std::wstring& sid) { check_error(RegDeleteTreeW(HKEY_USERS, sid.c_str()), "RegDeleteTreeW"); }

// Writes the hive to its file and takes it out of HKEY_USERS. What an attempt before has left of it is not the hive any more.
void store_hive(const std::wstring& sid) {
  enable_hive_privileges();
  if (!is_stored(sid)) {
    const std::wstring file = hive_file(sid);
    const RegistryKey key = make_key(HKEY_USERS, sid);
    const std::wstring unfinished = file + L".new";
    DeleteFileW(unfinished.c_str());
    check_error(RegSaveKeyW(key.get(), unfinished.c_str(), nullptr), "RegSaveKeyW");
    check(MoveFileExW(unfinished.c_str(), file.c_str(), MOVEFILE_REPLACE_EXISTING), "MoveFileExW");
    set_text(key.get(), stored_value, L"", REG_SZ);
  }
  take_out(sid);
}

void load_hive(const std::wstring& sid) {
  if (is_stored(sid)) take_out(sid);
  if (key_exists(HKEY_USERS, sid)) return;
  const std::wstring file = hive_file(sid);
  if (exists(file)) {
    enable_hive_privileges();
    check_error(RegLoadKeyW(HKEY_USERS, sid.c_str(), file.c_str()), "RegLoadKeyW");
    return;
  }
  // As in the hive of a new user, and like Windows all of it or nothing.
  try {
    make_key(HKEY_USERS, sid + L"\\Environment");
    make_key(HKEY_USERS, sid + L"\\Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\User Shell Folders");
  } catch (...) {
    RegDeleteTreeW(HKEY_USERS, sid.c_str());
    throw;
  }
}

// How often each profile is loaded in this process.
std::map<std::wstring, int>& loads() {
  static auto* const counts = new std::map<std::wstring, int>;
  return *counts;
}
Lock& loads_lock() {
  static auto* const lock = new Lock;
  return *lock;
}

class KeyProfile : public LoadedProfile {
 public:
  explicit KeyProfile(std::wstring sid) : sid_(std::move(sid)) {}

  void unload() override {
    Locked locked(loads_lock());
    if (!is_loaded_) return;
    int& count = loads()[sid_];
    if (count == 1) store_hive(sid_);
    if (--count == 0) loads().erase(sid_);
    is_loaded_ = false;
  }

 private:
  const std::wstring sid_;
  bool is_loaded_ = true;
};

}  // namespace

const char* const profile_store = "testBed";

bool create_profile(const std::wstring& sid, const std::wstring& name) {
  const std::wstring entry = profile_list + L"\\" + sid;
  if (key_exists(HKEY_LOCAL_MACHINE, entry)) return false;
  const std::wstring folder = free_folder(name);
  make_folder(folder);
  for (const wchar_t* below : {L"\\AppData", L"\\AppData\\Local", L"\\AppData\\Local\\Temp", L"\\AppData\\Roaming",
                               L"\\Desktop", L"\\Documents", L"\\Downloads"}) {
    make_folder(folder + below);
  }
  const RegistryKey key = make_key(HKEY_LOCAL_MACHINE, entry);
  set_text(key.get(), L"ProfileImagePath", folder, REG_EXPAND_SZ);
  const DWORD state = 0;
  check_error(RegSetValueExW(key.get(), L"State", 0, REG_DWORD, reinterpret_cast<const BYTE*>(&state), sizeof(state)),
              "RegSetValueExW");
  return true;
}

std::shared_ptr<LoadedProfile> load_profile(HANDLE token, const std::wstring&) {
  const std::wstring sid = token_user(token);
  Locked locked(loads_lock());
  load_hive(sid);
  auto profile = std::make_shared<KeyProfile>(sid);
  ++loads()[sid];
  return profile;
}

void unload_left_profile(const std::wstring& sid) {
  Locked locked(loads_lock());
  if (loads().count(sid) != 0) fail("unload_left_profile", ERROR_BUSY);
  if (key_exists(HKEY_USERS, sid)) store_hive(sid);
}

void delete_profile(const std::wstring& sid) {
  if (key_exists(HKEY_USERS, sid)) fail("delete_profile", ERROR_BUSY);
  const std::wstring entry = profile_list + L"\\" + sid;
  remove_tree(folder_value(entry, L"ProfileImagePath"));
  check_error(RegDeleteTreeW(HKEY_LOCAL_MACHINE, entry.c_str()), "RegDeleteTreeW");
}

}  // namespace epm
