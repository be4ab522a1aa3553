#include "process_facts.h"

#include "failure.h"
#include "handle.h"
#include "json_writer.h"
#include "platform.h"
#include "process_query.h"
#include "security_text.h"
#include "token_facts.h"

namespace epm {

namespace {

constexpr DWORD max_path = 32768;

std::wstring image_name(HANDLE process, DWORD flags) {
  std::wstring path(max_path, L'\0');
  DWORD length = max_path;
  check(QueryFullProcessImageNameW(process, flags, path.data(), &length), "QueryFullProcessImageNameW");
  path.resize(length);
  return path;
}

Handle open_for_identity(const std::wstring& path) {
  return Handle(CreateFileW(path.c_str(), FILE_READ_ATTRIBUTES, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                            nullptr, OPEN_EXISTING, FILE_FLAG_OPEN_REPARSE_POINT, nullptr));
}

// By the device path of the kernel first: no drive letter is looked up, so none can be redefined on the way.
Handle open_image(HANDLE process, const std::wstring& path) {
  Handle image = open_for_identity(L"\\\\?\\GLOBALROOT" + image_name(process, PROCESS_NAME_NATIVE));
  if (!image) image = open_for_identity(path);  // Wine has no GLOBALROOT
  check(static_cast<bool>(image), "CreateFileW");
  return image;
}

// GUID of the volume in the mount manager. The serial number of FILE_ID_INFO is what the file system says of itself.
std::wstring volume_id(HANDLE file) {
  static const std::wstring prefix = L"\\\\?\\Volume{";
  constexpr size_t guid = 36;
  std::wstring path(max_path, L'\0');
  const DWORD length = GetFinalPathNameByHandleW(file, path.data(), max_path, VOLUME_NAME_GUID);
  check(length != 0, "GetFinalPathNameByHandleW");
  if (length >= max_path) fail("GetFinalPathNameByHandleW", ERROR_INSUFFICIENT_BUFFER);
  const size_t end = prefix.size() + guid;
  if (path.compare(0, prefix.size(), prefix) != 0 || length <= end || path[end] != L'}') {
    fail("GetFinalPathNameByHandleW", ERROR_INVALID_NAME);
  }
  return path.substr(prefix.size(), guid);
}

void write_image(JsonWriter& json, HANDLE process) {
  const std::wstring path = image_name(process, 0);
  const Handle image = open_image(process, path);
  FILE_ID_INFO id{};
  check(GetFileInformationByHandleEx(image.get(), FileIdInfo, &id, sizeof(id)), "GetFileInformationByHandleEx");
  std::string file;
  for (const BYTE byte : id.FileId.Identifier) file += hex(byte, 2);
  json.key("image");
  json.begin_object();
  json.member("path", path);
  json.member("volume", volume_id(image.get()));
  json.member("file", file);
  json.end_object();
}

void write_place(JsonWriter& json, HANDLE process) {
  ProcessBasics information{};
  check_status(query_process(process, information), "NtQueryInformationProcess");
  DWORD session = 0;
  check(ProcessIdToSessionId(static_cast<DWORD>(information.process_id), &session), "ProcessIdToSessionId");
  json.member("parentProcessId", static_cast<uint32_t>(information.parent));
  json.member("session", static_cast<uint32_t>(session));
}

void write_job(JsonWriter& json, HANDLE job) {
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits{};
  check(QueryInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof(limits), nullptr),
        "QueryInformationJobObject(ExtendedLimit)");
  json.key("job");
  json.begin_object();
  if (is_wine()) {  // it takes limits and tells none
    json.null_member("limitFlags");
    json.null_member("activeProcessLimit");
  } else {
    json.member("limitFlags", static_cast<uint32_t>(limits.BasicLimitInformation.LimitFlags));
    json.member("activeProcessLimit", static_cast<uint32_t>(limits.BasicLimitInformation.ActiveProcessLimit));
  }
  json.end_object();
}

}  // namespace

std::string process_facts(HANDLE process, HANDLE thread, HANDLE job) {
  Handle token;
  check(OpenProcessToken(process, TOKEN_QUERY | READ_CONTROL, token.receive()), "OpenProcessToken");
  BOOL in_job = FALSE;
  check(IsProcessInJob(process, job, &in_job), "IsProcessInJob");
  JsonWriter json;
  json.begin_object();
  write_image(json, process);
  json.key("token");
  write_token_facts(json, token.get());
  write_place(json, process);
  json.member("inJob", in_job != FALSE);
  write_job(json, job);
  json.key("security");
  json.begin_object();
  json.member("process", object_security(process));
  if (thread) {
    json.member("thread", object_security(thread));
  } else {
    json.null_member("thread");
  }
  json.member("job", object_security(job));
  json.member("token", object_security(token.get()));
  json.end_object();
  json.end_object();
  return json.take();
}

uint64_t unix_milliseconds(const FILETIME& time) {
  constexpr uint64_t unix_epoch = 116444736000000000u;  // 1970-01-01 in units of 100 ns since 1601
  const uint64_t ticks = (static_cast<uint64_t>(time.dwHighDateTime) << 32) | time.dwLowDateTime;
  return ticks > unix_epoch ? (ticks - unix_epoch) / 10000 : 0;
}

}  // namespace epm
