// Windows' own profiles: userenv.dll.
#include "user_profile.h"

#include <userenv.h>

#include "failure.h"
#include "handle.h"
#include "platform.h"
#include "privileges.h"

namespace epm {

namespace {

// Wine has neither, so that importing them would keep this library from loading there.
using CreateProfileFunction = HRESULT(WINAPI*)(const wchar_t*, const wchar_t*, wchar_t*, DWORD);
using DeleteProfileFunction = BOOL(WINAPI*)(const wchar_t*, const wchar_t*, const wchar_t*);

// Wine's LoadUserProfileW succeeds and loads nothing.
void require_windows() {
  if (is_wine()) fail("is_wine", ERROR_NOT_SUPPORTED);
}

// "The calling process must have the SE_RESTORE_NAME and SE_BACKUP_NAME privileges" (LoadUserProfileW, RegUnLoadKeyW).
void enable_hive_privileges() {
  enable_own_privilege(SE_BACKUP_NAME);
  enable_own_privilege(SE_RESTORE_NAME);
}

class WindowsProfile : public LoadedProfile {
 public:
  WindowsProfile(Handle token, HANDLE profile) : token_(std::move(token)), profile_(profile) {}

  void unload() override {
    if (!profile_) return;
    check(UnloadUserProfile(token_.get(), profile_), "UnloadUserProfile");
    profile_ = nullptr;
  }

 private:
  Handle token_;
  // Not a handle to be closed: UnloadUserProfile does it.
  HANDLE profile_;
};

void unload_hive(const std::wstring& name) {
  const LSTATUS error = RegUnLoadKeyW(HKEY_USERS, name.c_str());
  if (error == ERROR_FILE_NOT_FOUND || error == ERROR_INVALID_PARAMETER) return;  // not loaded
  check_error(error, "RegUnLoadKeyW");
}

}  // namespace

const char* const profile_store = "userProfiles";

bool create_profile(const std::wstring& sid, const std::wstring& name) {
  require_windows();
  const auto create = system_function<CreateProfileFunction>(L"userenv.dll", "CreateProfile");
  if (!create) fail("CreateProfile", ERROR_PROC_NOT_FOUND);
  wchar_t path[MAX_PATH];
  const HRESULT made = create(sid.c_str(), name.c_str(), path, MAX_PATH);
  if (made == HRESULT_FROM_WIN32(ERROR_ALREADY_EXISTS)) return false;
  if (FAILED(made)) {
    fail("CreateProfile", HRESULT_FACILITY(made) == FACILITY_WIN32 ? HRESULT_CODE(made) : ERROR_GEN_FAILURE);
  }
  return true;
}

std::shared_ptr<LoadedProfile> load_profile(HANDLE token, const std::wstring& name) {
  require_windows();
  enable_hive_privileges();
  Handle own;
  check(
      DuplicateHandle(GetCurrentProcess(), token, GetCurrentProcess(), own.receive(), 0, FALSE, DUPLICATE_SAME_ACCESS),
      "DuplicateHandle");
  std::wstring user = name;
  PROFILEINFOW information{};
  information.dwSize = sizeof(information);
  information.dwFlags = PI_NOUI;
  information.lpUserName = user.data();
  check(LoadUserProfileW(own.get(), &information), "LoadUserProfileW");
  if (!information.hProfile) fail("LoadUserProfileW", ERROR_INVALID_HANDLE);
  return std::make_shared<WindowsProfile>(std::move(own), information.hProfile);
}

void unload_left_profile(const std::wstring& sid) {
  require_windows();
  enable_hive_privileges();
  unload_hive(sid + L"_Classes");
  unload_hive(sid);
}

void delete_profile(const std::wstring& sid) {
  require_windows();
  const auto remove = system_function<DeleteProfileFunction>(L"userenv.dll", "DeleteProfileW");
  if (!remove) fail("DeleteProfileW", ERROR_PROC_NOT_FOUND);
  check(remove(sid.c_str(), nullptr, nullptr), "DeleteProfileW");
}

}  // namespace epm
