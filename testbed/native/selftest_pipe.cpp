// The pipe server and client, with clients of other identities in other processes.
#include <functional>
#include <vector>

#include "command_text.h"
#include "epmnative.h"
#include "failure.h"
#include "handle.h"
#include "platform.h"
#include "security_text.h"
#include "selftest.h"

namespace selftest {

namespace {

constexpr char16_t name[] = u"\\\\.\\pipe\\ProtectedPrefix\\Administrators\\EPM\\selftest";
constexpr wchar_t wide_name[] = L"\\\\.\\pipe\\ProtectedPrefix\\Administrators\\EPM\\selftest";
constexpr char16_t sddl[] = u"O:SYG:SYD:P(D;;FA;;;NU)(D;;FA;;;AN)(A;;FA;;;SY)(A;;0x12019b;;;IU)";

// `epmbed pipe` as somebody else, its report in a file.
class RawClient {
 public:
  RawClient(const std::wstring& identity, const std::string& bytes, const std::vector<std::wstring>& more) {
    static int number = 0;
    const std::wstring base = own_temporary() + L"epm-selftest-" + std::to_wstring(++number);
    report_ = base + L".json";
    std::vector<std::wstring> arguments = {
        own_folder() + L"epmbed.exe", L"pipe", L"--as", identity, L"--name", wide_name, L"--stdout", report_};
    if (!bytes.empty()) {
      write(base + L".bin", bytes);
      arguments.insert(arguments.end(), {L"--send-file", base + L".bin"});
    }
    arguments.insert(arguments.end(), more.begin(), more.end());
    std::wstring line = bed::command_line(arguments);
    STARTUPINFOW startup{};
    startup.cb = sizeof(startup);
    PROCESS_INFORMATION information{};
    epm::check(
        CreateProcessW(nullptr, line.data(), nullptr, nullptr, FALSE, 0, nullptr, nullptr, &startup, &information),
        "CreateProcessW");
    process_ = epm::Handle(information.hProcess);
    epm::Handle(information.hThread).close();
  }

  std::string report() {
    require(WaitForSingleObject(process_.get(), 30000) == WAIT_OBJECT_0, "the client ends");
    return bed::read_file(report_);
  }

 private:
  static std::wstring own_temporary() {
    wchar_t path[MAX_PATH];
    epm::check(GetTempPathW(MAX_PATH, path) != 0, "GetTempPathW");
    return path;
  }
  static void write(const std::wstring& path, const std::string& bytes) {
    const epm::Handle file(CreateFileW(path.c_str(), GENERIC_WRITE, 0, nullptr, CREATE_ALWAYS, 0, nullptr));
    DWORD written = 0;
    epm::check(file && WriteFile(file.get(), bytes.data(), static_cast<DWORD>(bytes.size()), &written, nullptr),
               "WriteFile");
  }
  std::wstring report_;
  epm::Handle process_;
};

std::string caller_of(uint32_t connection) {
  std::string text(65536, '\0');
  uint32_t length = 0;
  require(epm_pipe_caller(connection, text.data(), 65536, &length) == ERROR_SUCCESS, "the caller");
  text.resize(length);
  return text;
}

std::string message_of(uint32_t connection) {
  std::string text(65536, '\0');
  uint32_t length = 0;
  const uint32_t error = epm_pipe_read(connection, reinterpret_cast<uint8_t*>(text.data()), 65536, &length);
  require(error == ERROR_SUCCESS, "a message", std::to_string(error));
  text.resize(length);
  return text;
}

void answer(uint32_t connection, const std::string& text) {
  const uint32_t error =
      epm_pipe_write(connection, reinterpret_cast<const uint8_t*>(text.data()), static_cast<uint32_t>(text.size()));
  require(error == ERROR_SUCCESS, "an answer", std::to_string(error));
}

uint32_t next_request() {
  const std::string event = next_event("\"request\"", 10000);
  require(!event.empty(), "a request");
  return number_in(event, "connection");
}

uint32_t listen(uint32_t first_message_ms) {
  const epm_pipe_options options{name, sddl, 1024, 12, 4, first_message_ms};
  uint32_t server = 0;
  const uint32_t error = epm_pipe_listen(&options, &server);
  require(error == ERROR_SUCCESS, "the name below the protected prefix", std::to_string(error));
  return server;
}

void own_client_tests() {
  test("client: proves the server, sends and receives", [] {
    uint32_t client = 0;
    uint32_t error = epm_client_open(name, 2000, &client);
    require(error == ERROR_SUCCESS, "a connection", std::to_string(error));
    const std::string hello = "hello";
    require(epm_client_write(client, reinterpret_cast<const uint8_t*>(hello.data()), 5) == ERROR_SUCCESS, "sent");
    const uint32_t connection = next_request();
    require(message_of(connection) == hello, "the same bytes");
    uint8_t nothing[1];
    uint32_t length = 0;
    require(epm_pipe_read(connection, nothing, 1, &length) == ERROR_NO_DATA, "no more");

    std::vector<uint8_t> buffer(1024 * 1024);
    require(epm_client_read(client, 50, buffer.data(), 1024, &length) == WAIT_TIMEOUT, "nothing yet");
    const std::string large(300000, 'x');
    answer(connection, "one");
    answer(connection, large);
    answer(connection, "last");
    require(epm_pipe_close(connection) == ERROR_SUCCESS, "closed at once");
    require(epm_client_read(client, 5000, buffer.data(), 2, &length) == ERROR_INSUFFICIENT_BUFFER && length == 3,
            "the size", std::to_string(length));
    require(epm_client_read(client, 5000, buffer.data(), 1024, &length) == ERROR_SUCCESS && length == 3, "the first");
    error = epm_client_read(client, 5000, buffer.data(), 1024 * 1024, &length);
    require(error == ERROR_SUCCESS && length == large.size(), "the large one", std::to_string(error));
    require(epm_client_read(client, 5000, buffer.data(), 1024, &length) == ERROR_SUCCESS && length == 4, "the last");
    error = epm_client_read(client, 5000, buffer.data(), 1024, &length);
    require(error == ERROR_BROKEN_PIPE, "the end", std::to_string(error));
    require(epm_client_close(client) == ERROR_SUCCESS, "closed");
  });
  test("client: nobody serves the name", [] {
    uint32_t client = 0;
    const uint32_t error = epm_client_open(u"\\\\.\\pipe\\EPM-nobody", 100, &client);
    require(error == ERROR_FILE_NOT_FOUND, "ERROR_FILE_NOT_FOUND", std::to_string(error));
  });
  test("AC-02 client: a pipe that the system does not own is refused", [] {
    const epm_pipe_options options{u"\\\\.\\pipe\\EPM-foreign", u"O:BUG:BUD:(A;;FA;;;WD)", 1024, 4, 4, 1000};
    uint32_t server = 0;
    require(epm_pipe_listen(&options, &server) == ERROR_SUCCESS, "a foreign pipe");
    uint32_t client = 0;
    const uint32_t error = epm_client_open(u"\\\\.\\pipe\\EPM-foreign", 1000, &client);
    epm_pipe_stop(server);
    require(error == ERROR_INVALID_OWNER, "ERROR_INVALID_OWNER", std::to_string(error));
  });
}

void caller_tests() {
  test("AC-12 a failed impersonation ends the connection and nothing else", [] {
    RawClient client(L"standardUser", "first", {});
    const std::string event = next_event("\"kind\"", 10000);
    require(contains(event, "refused") && contains(event, "callerUnknown"), "callerUnknown", event);
    const std::string report = client.report();
    require(contains(report, "\"closedByServer\":1"), "closed", report);
  });
  test("the caller is known by its token", [] {
    RawClient client(L"standardUser", "question", {L"--hold", L"5000"});
    const uint32_t connection = next_request();
    const std::string caller = caller_of(connection);
    require(contains(caller, "{\"token\":{\"user\":\"S-1-5-21-1000000001-1000000002-1000000003-1001\""), "user",
            caller);
    require(contains(caller, "\"logonSid\":\"S-1-5-5-0-1001\""), "logon SID", caller);
    require(number_in(caller, "processId") != 0, "process id", caller);
    require(message_of(connection) == "question", "the message");
    answer(connection, "answer \xC3\xA9");
    epm_pipe_close(connection);
    const std::string report = client.report();
    require(contains(report, "answer \\u00e9") && contains(report, "\"closedByServer\":1"), "the answer", report);
  });
  test("two users are two callers", [] {
    RawClient one(L"otherUser", "a", {L"--hold", L"3000"});
    const uint32_t first = next_request();
    RawClient two(L"administrator", "b", {L"--hold", L"3000"});
    const uint32_t second = next_request();
    require(contains(caller_of(first), "-1002\""), "otherUser");
    require(contains(caller_of(second), "-1003\""), "administrator");
    epm_pipe_close(second);
    epm_pipe_close(first);
  });
  test("AC-09 further messages and a client that leaves are reported", [] {
    RawClient client(L"standardUser", "again", {L"--count", L"2", L"--hold", L"300"});
    const uint32_t connection = next_request();
    require(number_in(next_event("\"message\""), "connection") == connection, "a message");
    require(message_of(connection) == "again" && message_of(connection) == "again", "both messages");
    require(number_in(next_event("\"disconnected\""), "connection") == connection, "disconnected");
    const uint8_t byte = 1;
    require(epm_pipe_write(connection, &byte, 1) == ERROR_BROKEN_PIPE, "no writing any more");
    require(epm_pipe_close(connection) == ERROR_SUCCESS, "closed");
    require(epm_pipe_close(connection) == ERROR_INVALID_HANDLE, "once");
  });
}

// A file of its own with the security descriptor; deleted when closed.
epm::Handle file_with(const wchar_t* descriptor) {
  static int number = 0;
  wchar_t folder[MAX_PATH];
  epm::check(GetTempPathW(MAX_PATH, folder) != 0, "GetTempPathW");
  const std::wstring path = folder + (L"epm-access-" + std::to_wstring(++number));
  const epm::SecurityPointer security = epm::descriptor_from_sddl(descriptor);
  SECURITY_ATTRIBUTES attributes{sizeof(attributes), security.get(), FALSE};
  epm::Handle file(CreateFileW(path.c_str(), GENERIC_READ | DELETE, FILE_SHARE_READ, &attributes, CREATE_ALWAYS,
                               FILE_FLAG_DELETE_ON_CLOSE, nullptr));
  epm::check(static_cast<bool>(file), "CreateFileW");
  return file;
}

constexpr uint32_t read_and_execute = FILE_GENERIC_READ | FILE_GENERIC_EXECUTE;

uint32_t may(uint32_t connection, const epm::Handle& file, uint32_t rights = read_and_execute) {
  uint32_t allowed = 7;
  const uint32_t error = epm_pipe_caller_may(connection, reinterpret_cast<uint64_t>(file.get()), rights, &allowed);
  require(error == ERROR_SUCCESS, "an access check", std::to_string(error));
  return allowed;
}

void access_tests() {
  const epm::Handle everybodys = file_with(L"O:SYG:SYD:P(A;;FA;;;SY)(A;;FRFX;;;WD)");
  const epm::Handle systems = file_with(L"O:SYG:SYD:P(A;;FA;;;SY)");
  test("AC-28 a caller may do what the file grants, and no more", [&] {
    RawClient client(L"standardUser", "x", {L"--hold", L"5000"});
    const uint32_t connection = next_request();
    require(may(connection, everybodys) == 1, "what everybody may read and execute");
    require(may(connection, systems) == 0, "nothing of the system's");
    uint32_t allowed = 7;
    require(epm_pipe_caller_may(connection, 0, read_and_execute, &allowed) != ERROR_SUCCESS && allowed == 0, "no file");
    const auto object = reinterpret_cast<uint64_t>(everybodys.get());
    require(epm_pipe_caller_may(connection, object, 0, &allowed) == ERROR_INVALID_PARAMETER, "no rights");
    epm_pipe_close(connection);
    const uint32_t error = epm_pipe_caller_may(connection, object, read_and_execute, &allowed);
    require(error == ERROR_INVALID_HANDLE && allowed == 0, "none after the connection", std::to_string(error));
  });
  test("a user who is signed in has a token to start something for them, and nobody else has", [&] {
    constexpr char16_t here[] = u"S-1-5-21-1000000001-1000000002-1000000003-1001";
    RawClient client(L"standardUser", "x", {L"--hold", L"5000"});
    const uint32_t connection = next_request();
    char text[16 * 1024];
    uint32_t length = 0;
    uint32_t token = 7;
    require(epm_session_token(here, &token, text, sizeof(text), &length) == ERROR_SUCCESS && token != 0, "a token");
    require(epm_token_facts(token, text, sizeof(text), &length) == ERROR_SUCCESS, "its facts");
    require(contains(std::string(text, length), "S-1-5-21-1000000001-1000000002-1000000003-1001"), "of the user");
    epm_token_close(token);
    require(epm_session_token(u"S-1-5-21-1-2-3-4", &token, text, sizeof(text), &length) == ERROR_SUCCESS && token == 0,
            "nobody");
    require(epm_session_token(nullptr, &token, text, sizeof(text), &length) == ERROR_INVALID_PARAMETER, "no user");
    epm_pipe_close(connection);
  });
  test("AC-28 privileges of a caller open nothing", [&] {
    RawClient client(L"administrator", "x", {L"--hold", L"5000"});
    const uint32_t connection = next_request();
    require(contains(caller_of(connection), "SeBackupPrivilege"), "a caller with SeBackupPrivilege");
    require(may(connection, systems) == 0, "nothing of the system's");
    epm_pipe_close(connection);
  });
}

void limit_tests() {
  test("AC-09 a message that is too large ends the connection", [] {
    RawClient client(L"standardUser", std::string(1025, 'x'), {});
    const std::string event = next_event("refused", 10000);
    require(contains(event, "tooLarge") && contains(event, "-1001"), "tooLarge", event);
    require(contains(client.report(), "\"closedByServer\":1"), "closed");
  });
  test("AC-09 the largest message is taken", [] {
    RawClient client(L"standardUser", std::string(1024, 'x'), {});
    const uint32_t connection = next_request();
    require(message_of(connection).size() == 1024, "all of it");
    epm_pipe_close(connection);
  });
  test("AC-09 half-open connections time out, one user cannot take them all", [] {
    RawClient client(L"standardUser", "", {L"--connections", L"6", L"--hold", L"4000"});
    int busy = 0;
    int timeout = 0;
    // Another user is served meanwhile.
    RawClient other(L"otherUser", "me too", {L"--hold", L"4000"});
    bool served = false;
    for (const ULONGLONG end = GetTickCount64() + 8000; GetTickCount64() < end && busy + timeout < 6;) {
      const std::string event = next_event("\"kind\"", 1000);
      if (contains(event, "busy")) ++busy;
      if (contains(event, "timeout")) ++timeout;
      if (contains(event, "\"request\"")) {
        const uint32_t connection = number_in(event, "connection");
        served = contains(caller_of(connection), "-1002\"");
        epm_pipe_close(connection);
      }
    }
    require(busy == 2 && timeout == 4, "2 busy and 4 timed out",
            std::to_string(busy) + " and " + std::to_string(timeout));
    require(served, "the other user was served");
  });
  test("AC-09 a client that never reads holds up nobody", [] {
    RawClient slow(L"standardUser", "slow", {L"--hold", L"1"});
    uint32_t client = 0;
    require(epm_client_open(name, 2000, &client) == ERROR_SUCCESS, "a client");
    const uint8_t byte = 'x';
    require(epm_client_write(client, &byte, 1) == ERROR_SUCCESS, "sent");
    uint32_t mine = 0;
    for (int i = 0; i < 2; ++i) {
      const uint32_t connection = next_request();
      if (contains(caller_of(connection), "\"user\":\"S-1-5-18\"")) mine = connection;
    }
    require(mine != 0, "my connection");
    const ULONGLONG begin = GetTickCount64();
    const std::string large(3 * 1024 * 1024, 'y');
    answer(mine, large);  // I do not read it
    require(GetTickCount64() - begin < 1000, "queued at once");
    RawClient other(L"otherUser", "quick", {L"--hold", L"3000"});
    const uint32_t connection = next_request();
    answer(connection, "served");
    epm_pipe_close(connection);
    require(contains(other.report(), "served"), "served");
    epm_client_close(client);
    epm_pipe_close(mine);
  });
}

// Connects and sends as this process; answers the connection that the server made of it.
uint32_t own_request(uint32_t& client) {
  require(epm_client_open(name, 5000, &client) == ERROR_SUCCESS, "a client");
  const uint8_t byte = 'x';
  require(epm_client_write(client, &byte, 1) == ERROR_SUCCESS, "sent");
  return next_request();
}

// Runs `body` with a server of its own and a fault that is told of in the environment.
void with_fault(const wchar_t* variable, const wchar_t* value, const std::function<void()>& body) {
  SetEnvironmentVariableW(variable, value);
  const uint32_t server = listen(5000);
  body();
  SetEnvironmentVariableW(variable, nullptr);
  require(epm_pipe_stop(server) == ERROR_SUCCESS, "stopped");
}

void listener_tests() {
  test("an instance that fails to listen is told and tried again", [] {
    with_fault(L"EPM_TEST_FAIL_INSTANCE", L"2", [] {
      const std::string event = next_event("\"listener\"");
      require(contains(event, "\"over\":false") && number_in(event, "win32") == ERROR_NOT_ENOUGH_MEMORY, "told", event);
      for (int i = 0; i < 8; ++i) {
        uint32_t client = 0;
        const uint32_t connection = own_request(client);
        epm_pipe_close(connection);
        epm_client_close(client);
      }
    });
  });
  test("AC-09 a client for whom there is no memory is turned away, and the next one served", [] {
    with_fault(L"EPM_TEST_FAIL_ACCEPT", L"1", [] {
      uint32_t first = 0;
      require(epm_client_open(name, 5000, &first) == ERROR_SUCCESS, "a client");
      const std::string event = next_event("\"refused\"");
      require(contains(event, "ioError") && number_in(event, "win32") == ERROR_NOT_ENOUGH_MEMORY, "refused", event);
      epm_client_close(first);
      uint32_t client = 0;
      const uint32_t connection = own_request(client);
      epm_pipe_close(connection);
      epm_client_close(client);
    });
  });
  test("a listener that runs out of memory says that it is over", [] {
    with_fault(L"EPM_TEST_FAIL_LISTENER", L"1", [] {
      const std::string event = next_event("\"listener\"");
      require(contains(event, "\"over\":true") && number_in(event, "win32") == ERROR_NOT_ENOUGH_MEMORY, "over", event);
    });
  });
  test("a listener none of whose instances can listen says that it is over", [] {
    with_fault(L"EPM_TEST_FAIL_INSTANCE", L"2+", [] {
      require(contains(next_event("\"listener\""), "\"over\":false"), "told once");
      uint32_t client = 0;
      const uint32_t connection = own_request(client);
      require(contains(next_event("\"listener\"", 60000), "\"over\":true"), "over");
      epm_pipe_close(connection);
      epm_client_close(client);
    });
  });
}

}  // namespace

void pipes() {
  SetEnvironmentVariableW(L"EPM_TEST_FAIL_IMPERSONATION", L"1");
  const uint32_t server = listen(1500);
  if (epm::is_wine()) {
    caller_tests();
    access_tests();
    own_client_tests();
    limit_tests();
    skip("AC-02 a second first instance is refused", "Wine does not enforce FILE_FLAG_FIRST_PIPE_INSTANCE");
    skip("AC-08 anonymous clients are refused", "Wine ignores the quality of service of clients");
    skip("AC-28 a file that may only be read is not executed", "Wine lets whoever reads a file execute it");
  } else {
    SetEnvironmentVariableW(L"EPM_TEST_FAIL_IMPERSONATION", nullptr);
    own_client_tests();
    skip("clients of other identities", "their tokens cannot be made on Windows");
    test("AC-02 a second first instance is refused", [] {
      const epm_pipe_options options{name, sddl, 1024, 4, 4, 1000};
      uint32_t second = 0;
      require(epm_pipe_listen(&options, &second) == ERROR_ACCESS_DENIED, "ERROR_ACCESS_DENIED");
    });
    test("AC-28 a file that may only be read is not executed", [] {
      const epm::Handle readable = file_with(L"O:BAG:BAD:P(A;;FR;;;SY)");
      uint32_t client = 0;
      require(epm_client_open(name, 2000, &client) == ERROR_SUCCESS, "a client");
      const uint8_t byte = 'x';
      require(epm_client_write(client, &byte, 1) == ERROR_SUCCESS, "sent");
      const uint32_t connection = next_request();
      require(may(connection, readable, FILE_GENERIC_READ) == 1, "reading");
      require(may(connection, readable) == 0, "no execution");
      epm_pipe_close(connection);
      epm_client_close(client);
    });
    test("AC-08 anonymous clients are refused", [] {
      const epm::Handle pipe(CreateFileW(wide_name, GENERIC_READ | FILE_WRITE_DATA, 0, nullptr, OPEN_EXISTING,
                                         SECURITY_SQOS_PRESENT | SECURITY_ANONYMOUS, nullptr));
      DWORD written = 0;
      epm::check(pipe && WriteFile(pipe.get(), "x", 1, &written, nullptr), "WriteFile");
      const std::string event = next_event("\"kind\"", 10000);
      require(contains(event, "callerUnknown"), "callerUnknown", event);
    });
  }
  test("server: stopped, the name is free", [server] {
    require(epm_pipe_stop(server) == ERROR_SUCCESS, "stopped");
    uint32_t client = 0;
    const uint32_t error = epm_client_open(name, 100, &client);
    require(error == ERROR_FILE_NOT_FOUND, "ERROR_FILE_NOT_FOUND", std::to_string(error));
  });
  listener_tests();
}

}  // namespace selftest
