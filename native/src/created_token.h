// NtCreateToken, for the test bed only: test-bed builds compile this, production builds do not.
#pragma once

#include <string>
#include <vector>

#include "handle.h"

namespace epm {

struct CreatedGroup {
  std::wstring sid;
  DWORD attributes;
};

struct TokenDescription {
  std::wstring user;
  std::vector<CreatedGroup> groups;                       // the integrity label is one of them, with SE_GROUP_INTEGRITY
  std::wstring primary_group;                             // one of the groups
  std::wstring owner;                                     // Wine ignores it: the owner is the primary group there
  std::vector<std::pair<std::wstring, bool>> privileges;  // name, enabled; names the system does not know are left out
  std::wstring default_dacl;                              // SDDL
};

// A primary token with a logon LUID of its own (Wine keeps none). Needs SeCreateTokenPrivilege on Windows.
Handle create_token(const TokenDescription& description);

// Names of the privileges that Administrators hold on a default installation; those Windows enables are `true`.
std::vector<std::pair<std::wstring, bool>> administrator_privileges();

}  // namespace epm
