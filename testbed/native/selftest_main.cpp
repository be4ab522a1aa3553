// epmselftest.exe
#include "selftest.h"

#include <cstdlib>

#include "command_text.h"
#include "epmnative.h"
#include "failure.h"
#include "thread.h"
#include "token_facts.h"

namespace selftest {

namespace {

int failed = 0;

struct Stopped {};

void say(const std::string& line) { bed::print(line + "\n"); }

}  // namespace

void test(const char* name, const std::function<void()>& body) {
  try {
    body();
    say(std::string("ok ") + name);
  } catch (const Stopped&) {
    ++failed;
    say(std::string("not ok ") + name);
  } catch (const epm::Failure& failure) {
    ++failed;
    say(std::string("# ") + failure.json());
    say(std::string("not ok ") + name);
  }
}

void skip(const char* name, const char* why) { say(std::string("skip ") + name + ": " + why); }

void require(bool condition, const char* what, const std::string& seen) {
  if (condition) return;
  say(std::string("# expected: ") + what + (seen.empty() ? "" : "; seen: " + seen));
  throw Stopped{};
}

int failures() { return failed; }

std::string next_event(const char* containing, DWORD timeout_ms) {
  const ULONGLONG end = GetTickCount64() + timeout_ms;
  for (;;) {
    const ULONGLONG now = GetTickCount64();
    if (now >= end) return {};
    char text[4096];
    uint32_t length = 0;
    if (epm_event_wait(static_cast<uint32_t>(end - now), text, sizeof(text), &length) != ERROR_SUCCESS) continue;
    const std::string event(text, length);
    if (contains(event, containing)) return event;
  }
}

uint32_t number_in(const std::string& json, const char* name) {
  const std::string key = std::string("\"") + name + "\":";
  const size_t at = json.find(key);
  return at == std::string::npos ? 0 : static_cast<uint32_t>(std::strtoul(json.c_str() + at + key.size(), nullptr, 10));
}

bool contains(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

std::wstring own_folder() {
  std::wstring path(32768, L'\0');
  path.resize(GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size())));
  return path.substr(0, path.find_last_of(L'\\') + 1);
}

}  // namespace selftest

int wmain() {
  epm::Handle token;
  epm::check(OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, token.receive()), "OpenProcessToken");
  // Wine looks for the service manager for ten seconds; everything else is tested meanwhile.
  uint32_t service = ERROR_SUCCESS;
  const epm::Handle asking = epm::start_thread([&service] { service = epm_service_run(u"EPM"); });
  selftest::parts();
  if (epm::token_user(token.get()) == L"S-1-5-18") {
    selftest::pipes();
    selftest::processes();
  } else {
    selftest::skip("pipes and processes", "not run as the system account");
  }
  selftest::registry();
  selftest::test("service: a process that is none is told so", [&] {
    selftest::require(WaitForSingleObject(asking.get(), 30000) == WAIT_OBJECT_0, "an answer");
    selftest::require(service == ERROR_FAILED_SERVICE_CONTROLLER_CONNECT, "not started as a service");
    selftest::require(epm_service_status(4, 0, 0) == ERROR_SERVICE_NOT_ACTIVE, "no status without a service");
  });
  return selftest::failures();
}
