#include "bed_pipe.h"

#include <climits>

#include "bed_run.h"
#include "command_text.h"
#include "failure.h"
#include "json_writer.h"
#include "options.h"
#include "thread.h"

namespace bed {

namespace {

struct Report {
  unsigned long connected = 0;
  unsigned long sent = 0;
  unsigned long closed_by_server = 0;
  std::vector<std::pair<size_t, std::string>> replies;
  std::vector<epm::Failure> errors;
};

DWORD quality_of_service(const std::wstring& level) {
  if (level.empty() || level == L"identification") return SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION;
  if (level == L"anonymous") return SECURITY_SQOS_PRESENT | SECURITY_ANONYMOUS;
  if (level == L"impersonation") return SECURITY_SQOS_PRESENT | SECURITY_IMPERSONATION;
  epm::fail("--level", ERROR_INVALID_PARAMETER);
}

epm::Handle connect(const std::wstring& name, DWORD quality, DWORD patience_ms) {
  const ULONGLONG end = GetTickCount64() + patience_ms;
  for (;;) {
    epm::Handle pipe(CreateFileW(name.c_str(), GENERIC_READ | FILE_WRITE_DATA | FILE_WRITE_ATTRIBUTES, 0, nullptr,
                                 OPEN_EXISTING, FILE_FLAG_OVERLAPPED | quality, nullptr));
    if (pipe) {
      DWORD mode = PIPE_READMODE_MESSAGE;
      epm::check(SetNamedPipeHandleState(pipe.get(), &mode, nullptr, nullptr), "SetNamedPipeHandleState");
      return pipe;
    }
    const DWORD error = GetLastError();
    if (error != ERROR_PIPE_BUSY || GetTickCount64() >= end) epm::fail("CreateFileW", error);
    Sleep(5);
  }
}

// ERROR_SUCCESS, WAIT_TIMEOUT or the error of the transfer.
DWORD finish(HANDLE pipe, OVERLAPPED& overlapped, BOOL started, DWORD wait_ms, DWORD& length) {
  const DWORD error = started ? ERROR_SUCCESS : GetLastError();
  if (error == ERROR_IO_PENDING && WaitForSingleObject(overlapped.hEvent, wait_ms) != WAIT_OBJECT_0) {
    CancelIoEx(pipe, &overlapped);
    if (!GetOverlappedResult(pipe, &overlapped, &length, TRUE)) return WAIT_TIMEOUT;
    return ERROR_SUCCESS;
  }
  if (error != ERROR_SUCCESS && error != ERROR_IO_PENDING && error != ERROR_MORE_DATA) return error;
  return GetOverlappedResult(pipe, &overlapped, &length, TRUE) ? static_cast<DWORD>(ERROR_SUCCESS) : GetLastError();
}

void send(HANDLE pipe, const epm::Handle& event, const std::string& bytes) {
  OVERLAPPED overlapped{};
  overlapped.hEvent = event.get();
  DWORD length = 0;
  ResetEvent(event.get());
  const BOOL started = WriteFile(pipe, bytes.data(), static_cast<DWORD>(bytes.size()), nullptr, &overlapped);
  const DWORD error = finish(pipe, overlapped, started, 10000, length);
  if (error != ERROR_SUCCESS) epm::fail("WriteFile", error);
}

// Collects replies of one connection until there are so many, the time is over or the server closes it.
void collect(HANDLE pipe, size_t connection, const epm::Handle& event, ULONGLONG end, size_t most, Report& report) {
  std::string message;
  std::string piece(64 * 1024, '\0');
  for (size_t got = 0; got < most;) {
    const ULONGLONG now = GetTickCount64();
    OVERLAPPED overlapped{};
    overlapped.hEvent = event.get();
    DWORD length = 0;
    ResetEvent(event.get());
    const BOOL started = ReadFile(pipe, piece.data(), static_cast<DWORD>(piece.size()), nullptr, &overlapped);
    const DWORD error = finish(pipe, overlapped, started, end > now ? static_cast<DWORD>(end - now) : 0, length);
    if (error == WAIT_TIMEOUT) return;
    if (error != ERROR_SUCCESS && error != ERROR_MORE_DATA) {
      ++report.closed_by_server;
      return;
    }
    message.append(piece, 0, length);
    if (error == ERROR_MORE_DATA) continue;
    report.replies.emplace_back(connection, message);
    ++got;
    message.clear();
  }
}

std::string text_of(const Report& report) {
  epm::JsonWriter json;
  json.begin_object();
  json.member("connected", static_cast<uint64_t>(report.connected));
  json.member("sent", static_cast<uint64_t>(report.sent));
  json.member("closedByServer", static_cast<uint64_t>(report.closed_by_server));
  json.key("replies");
  json.begin_array();
  for (const auto& [connection, bytes] : report.replies) {
    json.begin_object();
    json.member("connection", static_cast<uint64_t>(connection));
    json.member("text", from_utf8(bytes));
    json.end_object();
  }
  json.end_array();
  json.key("errors");
  json.begin_array();
  for (const epm::Failure& failure : report.errors) json.raw(failure.json());
  json.end_array();
  json.end_object();
  return json.take() + "\n";
}

unsigned long speak(const Options& options) {
  const std::wstring name = options.required(L"--name");
  const DWORD quality = quality_of_service(options.value(L"--level"));
  const unsigned long count = options.number(L"--count", 1);
  const unsigned long connections = options.number(L"--connections", 1);
  const unsigned long hold = options.number(L"--hold", 2000);
  const unsigned long replies = options.number(L"--replies", ULONG_MAX);
  std::string bytes;
  if (options.has(L"--send-file")) bytes = read_file(options.value(L"--send-file"));
  if (options.has(L"--truncate")) bytes.resize(bytes.size() / 2);

  Report report;
  const epm::Handle event = epm::make_event(true);
  std::vector<epm::Handle> pipes;
  for (unsigned long c = 0; c < connections; ++c) {
    try {
      pipes.push_back(connect(name, quality, 2000));
      ++report.connected;
      for (unsigned long i = 0; i < count && options.has(L"--send-file"); ++i) {
        send(pipes.back().get(), event, bytes);
        ++report.sent;
      }
    } catch (const epm::Failure& failure) {
      report.errors.push_back(failure);
    }
  }
  if (!options.has(L"--truncate")) {
    const ULONGLONG end = GetTickCount64() + hold;
    for (size_t i = 0; i < pipes.size(); ++i) collect(pipes[i].get(), i, event, end, replies, report);
  }
  print(text_of(report));
  return report.errors.empty() ? 0 : 1;
}

}  // namespace

unsigned long pipe_mode(const std::vector<std::wstring>& arguments) {
  const Options options(arguments,
                        {L"--as", L"--name", L"--send-file", L"--count", L"--connections", L"--hold", L"--replies",
                         L"--level", L"--stdout"},
                        {L"--truncate"});
  if (!options.has(L"--as") && !options.has(L"--stdout")) return speak(options);

  // The client's identity is its process's: the same program again, as the other user.
  wchar_t self[MAX_PATH];
  const DWORD length = GetModuleFileNameW(nullptr, self, MAX_PATH);
  if (length == 0 || length == MAX_PATH) epm::fail("GetModuleFileNameW", ERROR_INSUFFICIENT_BUFFER);
  RunRequest request;
  request.arguments = {self, L"pipe"};
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == L"--as" || arguments[i] == L"--stdout") {
      ++i;
    } else {
      request.arguments.push_back(arguments[i]);
    }
  }
  request.standard_output = options.value(L"--stdout");
  return run_with_token(identity_token(options.required(L"--as")), request);
}

}  // namespace bed
