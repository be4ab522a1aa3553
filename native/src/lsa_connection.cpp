#include "lsa_connection.h"

#include <cstring>

namespace epm {

LSA_STRING lsa_string(const char* text) {
  const auto length = static_cast<USHORT>(std::strlen(text));
  return LSA_STRING{length, length, const_cast<char*>(text)};
}

LsaConnection::LsaConnection(bool trusted) {
  if (trusted) {
    LSA_STRING name = lsa_string("EPM");
    LSA_OPERATIONAL_MODE mode{};
    const auto connect = lsa_function<decltype(LsaRegisterLogonProcess)>("LsaRegisterLogonProcess");
    check_status(connect(&name, &handle_, &mode), "LsaRegisterLogonProcess");
  } else {
    const auto connect = lsa_function<decltype(LsaConnectUntrusted)>("LsaConnectUntrusted");
    check_status(connect(&handle_), "LsaConnectUntrusted");
  }
}

LsaConnection::~LsaConnection() {
  // Found in the constructor's library, or there would be no handle.
  const auto close = system_function<decltype(&LsaDeregisterLogonProcess)>(L"secur32.dll", "LsaDeregisterLogonProcess");
  if (handle_ && close) close(handle_);
}

bool LsaConnection::find_package(const char* name, uint32_t& number) const {
  LSA_STRING text = lsa_string(name);
  ULONG found = 0;
  const auto look_up = lsa_function<decltype(LsaLookupAuthenticationPackage)>("LsaLookupAuthenticationPackage");
  if (!nt_success(look_up(handle_, &text, &found))) return false;
  number = found;
  return true;
}

}  // namespace epm
