#include "service_facts.h"

#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "failure.h"
#include "handle.h"
#include "json_writer.h"
#include "platform.h"

namespace epm {

namespace {

struct ServiceHandleDeleter {
  void operator()(SC_HANDLE handle) const { CloseServiceHandle(handle); }
};
using ServiceHandle = std::unique_ptr<std::remove_pointer_t<SC_HANDLE>, ServiceHandleDeleter>;

// Of QueryServiceConfigW and QueryServiceConfig2W: 8 KiB ("the maximum size of this array is 8K bytes").
constexpr DWORD max_config = 8 * 1024;
// An access control list has at most 64 KiB, and there are few SIDs beside it.
constexpr DWORD max_descriptor = 0x10000 + 1024;

// Aligned for the structures that Windows writes to it.
using Buffer = std::vector<uint64_t>;
Buffer buffer_of(DWORD bytes) { return Buffer(bytes / sizeof(uint64_t) + 1); }

// False: this system does not keep the fact. Wine knows two of the levels and answers others with one of these errors.
bool query_config2(SC_HANDLE service, DWORD level, Buffer& buffer) {
  DWORD needed = 0;
  if (QueryServiceConfig2W(service, level, reinterpret_cast<BYTE*>(buffer.data()), max_config, &needed)) return true;
  const DWORD error = GetLastError();
  if (error == ERROR_INVALID_LEVEL || error == ERROR_INVALID_PARAMETER) return false;
  fail("QueryServiceConfig2W", error);
}

void text_member(JsonWriter& json, const char* name, const wchar_t* text) { json.member(name, text ? text : L""); }

void write_config(JsonWriter& json, SC_HANDLE service) {
  Buffer buffer = buffer_of(max_config);
  auto* const config = reinterpret_cast<QUERY_SERVICE_CONFIGW*>(buffer.data());
  DWORD needed = 0;
  check(QueryServiceConfigW(service, config, max_config, &needed), "QueryServiceConfigW");
  json.member("type", static_cast<uint32_t>(config->dwServiceType));
  json.member("start", static_cast<uint32_t>(config->dwStartType));
  json.member("errorControl", static_cast<uint32_t>(config->dwErrorControl));
  text_member(json, "commandLine", config->lpBinaryPathName);
  text_member(json, "account", config->lpServiceStartName);
  text_member(json, "displayName", config->lpDisplayName);
}

void write_status(JsonWriter& json, SC_HANDLE service) {
  SERVICE_STATUS_PROCESS status{};
  DWORD needed = 0;
  check(
      QueryServiceStatusEx(service, SC_STATUS_PROCESS_INFO, reinterpret_cast<BYTE*>(&status), sizeof(status), &needed),
      "QueryServiceStatusEx");
  json.member("state", static_cast<uint32_t>(status.dwCurrentState));
  json.member("processId", static_cast<uint32_t>(status.dwProcessId));
  json.member("exitCode", static_cast<uint32_t>(status.dwWin32ExitCode));
  json.member("controls", static_cast<uint32_t>(status.dwControlsAccepted));
}

void write_description(JsonWriter& json, SC_HANDLE service) {
  Buffer buffer = buffer_of(max_config);
  if (!query_config2(service, SERVICE_CONFIG_DESCRIPTION, buffer)) return json.null_member("description");
  text_member(json, "description", reinterpret_cast<SERVICE_DESCRIPTIONW*>(buffer.data())->lpDescription);
}

void write_delayed(JsonWriter& json, SC_HANDLE service) {
  Buffer buffer = buffer_of(max_config);
  if (!query_config2(service, SERVICE_CONFIG_DELAYED_AUTO_START_INFO, buffer)) return json.null_member("delayed");
  json.member("delayed", reinterpret_cast<SERVICE_DELAYED_AUTO_START_INFO*>(buffer.data())->fDelayedAutostart != FALSE);
}

void write_sid_type(JsonWriter& json, SC_HANDLE service) {
  Buffer buffer = buffer_of(max_config);
  if (!query_config2(service, SERVICE_CONFIG_SERVICE_SID_INFO, buffer)) return json.null_member("sidType");
  const auto* const information = reinterpret_cast<SERVICE_SID_INFO*>(buffer.data());
  json.member("sidType", static_cast<uint32_t>(information->dwServiceSidType));
}

// An empty list: every privilege of the account stays.
void write_privileges(JsonWriter& json, SC_HANDLE service) {
  Buffer buffer = buffer_of(max_config);
  if (!query_config2(service, SERVICE_CONFIG_REQUIRED_PRIVILEGES_INFO, buffer)) return json.null_member("privileges");
  const auto* names = reinterpret_cast<SERVICE_REQUIRED_PRIVILEGES_INFOW*>(buffer.data())->pmszRequiredPrivileges;
  json.key("privileges");
  json.begin_array();
  for (; names && *names; names += wcslen(names) + 1) json.value(names);
  json.end_array();
}

void write_recovery(JsonWriter& json, SC_HANDLE service) {
  Buffer buffer = buffer_of(max_config);
  if (!query_config2(service, SERVICE_CONFIG_FAILURE_ACTIONS, buffer)) return json.null_member("recovery");
  const auto* const actions = reinterpret_cast<SERVICE_FAILURE_ACTIONSW*>(buffer.data());
  json.key("recovery");
  json.begin_object();
  json.member("resetPeriod", static_cast<uint32_t>(actions->dwResetPeriod));
  text_member(json, "command", actions->lpCommand);
  json.key("actions");
  json.begin_array();
  for (DWORD i = 0; actions->lpsaActions && i < actions->cActions; ++i) {
    json.begin_object();
    json.member("type", static_cast<uint32_t>(actions->lpsaActions[i].Type));
    json.member("delay", static_cast<uint32_t>(actions->lpsaActions[i].Delay));
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

void write_failure_flag(JsonWriter& json, SC_HANDLE service) {
  Buffer buffer = buffer_of(max_config);
  if (!query_config2(service, SERVICE_CONFIG_FAILURE_ACTIONS_FLAG, buffer)) return json.null_member("onFailure");
  const auto* const flag = reinterpret_cast<SERVICE_FAILURE_ACTIONS_FLAG*>(buffer.data());
  json.member("onFailure", flag->fFailureActionsOnNonCrashFailures != FALSE);
}

// Milliseconds.
void write_preshutdown(JsonWriter& json, SC_HANDLE service) {
  Buffer buffer = buffer_of(max_config);
  if (!query_config2(service, SERVICE_CONFIG_PRESHUTDOWN_INFO, buffer)) return json.null_member("preshutdown");
  const auto* const information = reinterpret_cast<SERVICE_PRESHUTDOWN_INFO*>(buffer.data());
  json.member("preshutdown", static_cast<uint32_t>(information->dwPreshutdownTimeout));
}

// Owner and DACL, the bytes of a self-relative descriptor in hexadecimal. Wine keeps none and answers with an empty one.
void write_security(JsonWriter& json, SC_HANDLE service) {
  if (is_wine()) return json.null_member("security");
  Buffer buffer = buffer_of(max_descriptor);
  DWORD needed = 0;
  constexpr SECURITY_INFORMATION what = OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;
  check(QueryServiceObjectSecurity(service, what, buffer.data(), max_descriptor, &needed),
        "QueryServiceObjectSecurity");
  const DWORD length = GetSecurityDescriptorLength(buffer.data());
  const auto* const bytes = reinterpret_cast<const BYTE*>(buffer.data());
  std::string text;
  for (DWORD i = 0; i < length && i < max_descriptor; ++i) text += hex(bytes[i], 2);
  json.member("security", text);
}

}  // namespace

std::string service_facts(const wchar_t* name) {
  const ServiceHandle manager(OpenSCManagerW(nullptr, nullptr, SC_MANAGER_CONNECT));
  check(static_cast<bool>(manager), "OpenSCManagerW");
  const ServiceHandle service(
      OpenServiceW(manager.get(), name, SERVICE_QUERY_CONFIG | SERVICE_QUERY_STATUS | READ_CONTROL));
  check(static_cast<bool>(service), "OpenServiceW");
  JsonWriter json;
  json.begin_object();
  write_config(json, service.get());
  write_status(json, service.get());
  write_description(json, service.get());
  write_delayed(json, service.get());
  write_sid_type(json, service.get());
  write_privileges(json, service.get());
  write_recovery(json, service.get());
  write_failure_flag(json, service.get());
  write_preshutdown(json, service.get());
  write_security(json, service.get());
  json.end_object();
  return json.take();
}

}  // namespace epm
