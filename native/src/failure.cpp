#include "failure.h"

#include "json_writer.h"
#include "system_function.h"
#include "test_fault.h"

namespace epm {

namespace {

DWORD to_win32(NtStatus status) {
  using RtlNtStatusToDosErrorFunction = ULONG(WINAPI*)(NtStatus);
  const auto convert = system_function<RtlNtStatusToDosErrorFunction>(L"ntdll.dll", "RtlNtStatusToDosError");
  const DWORD error = convert ? convert(status) : ERROR_GEN_FAILURE;
  return error == ERROR_SUCCESS ? ERROR_GEN_FAILURE : error;
}

// In the edition of the test bed, the variable EPM_TEST_FAIL_CHECK=N lets the Nth call that succeeded count as failed:
// what it made must go all the same.
#if defined(EPM_TEST_BED)
void fail_when_told(const char* step) {
  // Callers read the last error of calls that succeeded as well.
  const DWORD last_error = GetLastError();
  if (is_told_to_fail(L"EPM_TEST_FAIL_CHECK")) {
    report_fault(step);
    fail(step, ERROR_NO_SYSTEM_RESOURCES);
  }
  SetLastError(last_error);
}
#else
void fail_when_told(const char*) {}
#endif

}  // namespace

std::string Failure::json() const {
  JsonWriter json;
  json.begin_object();
  json.member("step", step);
  if (status != 0) {
    json.member("ntstatus", static_cast<uint32_t>(status));
  } else {
    json.member("win32", static_cast<uint32_t>(win32));
  }
  json.end_object();
  return json.take();
}

void fail(const char* step, DWORD win32) { throw Failure{step, win32 == ERROR_SUCCESS ? ERROR_GEN_FAILURE : win32}; }

void fail_status(const char* step, NtStatus status) { throw Failure{step, to_win32(status), status}; }

void check(bool result, const char* step) {
  if (!result) fail(step, GetLastError());
  fail_when_told(step);
}

void check_status(NtStatus status, const char* step) {
  if (!nt_success(status)) fail_status(step, status);
  fail_when_told(step);
}

void check_error(LSTATUS error, const char* step) {
  if (error != ERROR_SUCCESS) fail(step, static_cast<DWORD>(error));
  fail_when_told(step);
}

}  // namespace epm
