// SeServiceLogonRight, without which nothing logs on as a service.
#pragma once

#include <string>
#include <vector>

#include "windows_headers.h"

namespace epm {

// Gives the right to the account or takes it, and proves it. Returns whether something changed. Throws Failure.
bool set_service_logon_right(const std::wstring& account_sid, bool granted);

// SIDs of all accounts that have the right. Throws Failure.
std::vector<std::wstring> service_logon_right_holders();

}  // namespace epm
