// The profile of an isolated account: its folder, its hive and its entry in the profile list. Each build has exactly one
// implementation: Windows' own profiles, or what stands in for them in Wine, which has none.
#pragma once

#include <memory>
#include <string>

#include "windows_headers.h"

namespace epm {

// A profile that is loaded. It stays loaded when the object goes without `unload`.
class LoadedProfile {
 public:
  virtual ~LoadedProfile() = default;
  // Throws Failure, and may be called again then.
  virtual void unload() = 0;
};

// userProfiles | testBed
extern const char* const profile_store;

// False when the account has a profile already, which is left as it is. Throws Failure.
bool create_profile(const std::wstring& sid, const std::wstring& name);
// The token needs TOKEN_QUERY, TOKEN_IMPERSONATE and TOKEN_DUPLICATE; a copy of it is kept. Throws Failure.
std::shared_ptr<LoadedProfile> load_profile(HANDLE token, const std::wstring& name);
// Unloads the hive that a process left loaded which is gone. Throws Failure, also when something still uses the hive.
void unload_left_profile(const std::wstring& sid);
// Removes folder, hive and entry of a profile that is not loaded. Throws Failure.
void delete_profile(const std::wstring& sid);

}  // namespace epm
