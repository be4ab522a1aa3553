// SeServiceLogonRight for one account, for the length of one logon.
#pragma once

#include "security_text.h"

namespace epm {

// Grants the right in the constructor and takes it back in the destructor. A right that the account had before is left.
class ServiceLogonRight {
 public:
  explicit ServiceLogonRight(const wchar_t* account_sid);
  ~ServiceLogonRight();
  ServiceLogonRight(const ServiceLogonRight&) = delete;
  ServiceLogonRight& operator=(const ServiceLogonRight&) = delete;

 private:
  void* policy_ = nullptr;
  SecurityPointer sid_;
  bool granted_ = false;
};

}  // namespace epm
