// Parts without a system call, and the registry watch.
#include <cstring>

#include "account_input.h"
#include "epmnative.h"
#include "event_queue.h"
#include "failure.h"
#include "json_writer.h"
#include "object_table.h"
#include "selftest.h"

#if !defined(_MSC_VER)
extern "C" uintptr_t __stack_chk_guard;
#endif

namespace selftest {

namespace {

template <typename Work>
std::string failing_step(Work work) {
  try {
    work();
    return {};
  } catch (const epm::Failure& failure) {
    return failure.step;
  }
}

epm_account good_account() {
  return epm_account{u"EPM",
                     u"S-1-5-107",
                     u"user_$",
                     u"S-1-5-107-1-2-3-4-4294967295",
                     u"Elevated",
                     u"S-1-5-107-0",
                     u"S-1-5-5-0-1001",
                     1,
                     LOGON32_LOGON_SERVICE,
                     u"SeDebugPrivilege,SeTcbPrivilege",
                     u"D:(A;;GA;;;SY)",
                     u"S-1-5-107-1-2-3-4-4294967295",
                     u"0123-abc",
                     1};
}

#if !defined(_MSC_VER)
void stack_guard_tests() {
  test("the guard of the stack is drawn before the program begins", [] {
    constexpr uintptr_t undrawn = 0xff0a0d0000000000;
    require(__stack_chk_guard != undrawn && __stack_chk_guard != 0, "a random number");
  });
}
#endif

void account_tests() {
  test("account input: a good one is taken", [] {
    const epm_account account = good_account();
    const auto input = epm::checked_account(account);
    require(input.remove_privileges.size() == 2, "two privileges");
    require(input.account_sid == L"S-1-5-107-1-2-3-4-4294967295", "the SID as it came");
  });
  struct Case {
    const char* name;
    void (*spoil)(epm_account&);
    const char* field;
  };
  const Case cases[] = {
      {"a domain below the free ones", [](epm_account& a) { a.domain_sid = u"S-1-5-80"; }, "domain_sid"},
      {"a domain that is an account", [](epm_account& a) { a.domain_sid = u"S-1-5-107-1"; }, "domain_sid"},
      {"a well-known account", [](epm_account& a) { a.account_sid = u"S-1-5-18"; }, "account_sid"},
      {"an account of another domain", [](epm_account& a) { a.account_sid = u"S-1-5-108-1-2-3-4-5"; }, "account_sid"},
      {"a sub-authority too large", [](epm_account& a) { a.account_sid = u"S-1-5-107-1-2-3-4-4294967296"; },
       "account_sid"},
      {"a leading zero", [](epm_account& a) { a.account_sid = u"S-1-5-107-01-2-3-4-5"; }, "account_sid"},
      {"Administrators as the marker", [](epm_account& a) { a.group_sid = u"S-1-5-32-544"; }, "group_sid"},
      {"no logon SID", [](epm_account& a) { a.logon_sid = u""; }, "logon_sid"},
      {"LOCAL SERVICE as logon SID", [](epm_account& a) { a.logon_sid = u"S-1-5-19"; }, "logon_sid"},
      {"SYSTEM as owner", [](epm_account& a) { a.owner_sid = u"S-1-5-18"; }, "owner_sid"},
      {"a name with a backslash", [](epm_account& a) { a.account_name = u"A\\B"; }, "account_name"},
      {"a null name", [](epm_account& a) { a.domain_name = nullptr; }, "domain_name"},
      {"another kind of rights", [](epm_account& a) { a.administrator = 2; }, "administrator"},
      {"Administrators as owner of who is none",
       [](epm_account& a) {
         a.administrator = 0;
         a.owner_sid = u"S-1-5-32-544";
       },
       "owner_sid"},
      {"an empty DACL", [](epm_account& a) { a.default_dacl = u"D:"; }, "default_dacl"},
      {"an owner in the DACL text", [](epm_account& a) { a.default_dacl = u"O:SYD:(A;;GA;;;SY)"; }, "default_dacl"},
      {"no privilege name", [](epm_account& a) { a.remove_privileges = u"SeDebugPrivilege,"; }, "remove_privileges"},
      {"a network logon", [](epm_account& a) { a.logon_type = 3; }, "logon_type"},
      {"a request id with a quote", [](epm_account& a) { a.request_id = u"a\"b"; }, "request_id"},
  };
  for (const Case& one : cases) {
    test((std::string("account input: refused: ") + one.name).c_str(), [&one] {
      epm_account account = good_account();
      one.spoil(account);
      const std::string step = failing_step([&account] { epm::checked_account(account); });
      require(step == one.field, one.field, step);
    });
  }
}

void json_tests() {
  test("json: escapes", [] {
    epm::JsonWriter json;
    json.begin_array();
    json.value(std::wstring(L"a\"\\\n\x01\x7f\u00e9\xd83d\xde00\xd800"));
    json.value(std::string_view("\xff/", 2));
    json.end_array();
    const std::string text = json.take();
    require(text == "[\"a\\\"\\\\\\n\\u0001\\u007f\\u00e9\\ud83d\\ude00\\ud800\",\"\\u00ff/\"]", "escapes", text);
  });
  test("json: commas and nesting", [] {
    epm::JsonWriter json;
    json.begin_object();
    json.member("a", static_cast<uint32_t>(1));
    json.key("b");
    json.begin_array();
    json.begin_object();
    json.end_object();
    json.null();
    json.value(true);
    json.end_array();
    json.member("c", "x");
    json.end_object();
    const std::string text = json.take();
    require(text == "{\"a\":1,\"b\":[{},null,true],\"c\":\"x\"}", "commas", text);
  });
  test("json: bounded", [] {
    const std::wstring long_text(epm::JsonWriter::max_length, L'x');
    const std::string step = failing_step([&long_text] {
      epm::JsonWriter json;
      json.value(long_text);
    });
    require(step == "JsonWriter", "a refusal", step);
  });
}

void table_tests() {
  test("objects: integers are not reused", [] {
    epm::Identifiers all;
    epm::ObjectTable<int> table;
    const uint32_t first = all.next();
    table.add(first, std::make_shared<int>(1));
    table.remove(first);
    require(all.next() != first, "another integer");
    require(failing_step([&] { table.get(first); }) == "object", "an error for a stale one");
  });
  test("events: a burst is one, hostile ones are bounded, a small buffer loses nothing", [] {
    epm::EventQueue queue;
    queue.push_once("same");
    queue.push_once("same");
    std::string out;
    require(queue.take(0, 2, out) && out == "same", "a copy");
    require(queue.take(0, 100, out) && out == "same", "the event");
    require(!queue.take(0, 100, out), "only once");
    for (int i = 0; i < 10000; ++i) queue.push_droppable("refused");
    int count = 0;
    while (queue.take(0, 100, out)) ++count;
    require(count > 0 && count < 1000, "a bound", std::to_string(count));
  });
  test("stale integers of every kind are refused", [] {
    char text[8];
    uint32_t length = 0;
    require(epm_pipe_caller(4000000000u, text, sizeof(text), &length) == ERROR_INVALID_HANDLE, "connection");
    require(epm_token_close(4000000000u) == ERROR_INVALID_HANDLE, "token");
    require(epm_process_resume(4000000000u) == ERROR_INVALID_HANDLE, "process");
    require(epm_client_close(4000000000u) == ERROR_INVALID_HANDLE, "client");
    require(epm_registry_unwatch(4000000000u) == ERROR_INVALID_HANDLE, "watch");
  });
}

}  // namespace

void parts() {
#if !defined(_MSC_VER)
  stack_guard_tests();
#endif
  json_tests();
  table_tests();
  account_tests();
  test("process: version, wake", [] {
    require(epm_abi_version() == EPM_ABI_VERSION, "the interface version");
    require(epm_is_test_build() == 1, "a test build");
    require(epm_event_wake() == ERROR_SUCCESS && !next_event("woken").empty(), "woken");
  });
}

void registry() {
  constexpr wchar_t parent[] = L"Software\\EpmSelftest";
  RegDeleteTreeW(HKEY_LOCAL_MACHINE, parent);
  uint32_t watch = 0;
  HKEY key = nullptr;
  test("registry: a key that appears, changes, goes and comes back", [&] {
    require(epm_registry_watch(0x80000002u, u"Software\\EpmSelftest\\A\\B", &watch) == ERROR_SUCCESS, "a watch");
    Sleep(200);
    require(RegCreateKeyExW(HKEY_LOCAL_MACHINE, L"Software\\EpmSelftest\\A\\B", 0, nullptr, 0, KEY_ALL_ACCESS, nullptr,
                            &key, nullptr) == ERROR_SUCCESS,
            "the key");
    require(!next_event("registry").empty(), "an event when it appears");
    Sleep(300);
    while (!next_event("registry", 50).empty()) {
    }
    const DWORD value = 1;
    require(
        RegSetValueExW(key, L"V", 0, REG_DWORD, reinterpret_cast<const BYTE*>(&value), sizeof(value)) == ERROR_SUCCESS,
        "a value");
    require(!next_event("registry").empty(), "an event when a value changes");
    HKEY below = nullptr;
    Sleep(300);
    require(
        RegCreateKeyExW(key, L"Deep\\Deeper", 0, nullptr, 0, KEY_ALL_ACCESS, nullptr, &below, nullptr) == ERROR_SUCCESS,
        "a key below");
    RegCloseKey(below);
    require(!next_event("registry").empty(), "an event for the subtree");
    RegCloseKey(key);
    Sleep(300);
    while (!next_event("registry", 50).empty()) {
    }
    require(RegDeleteTreeW(HKEY_LOCAL_MACHINE, parent) == ERROR_SUCCESS, "the key goes");
    require(!next_event("registry").empty(), "an event when it goes");
    Sleep(300);
    while (!next_event("registry", 50).empty()) {
    }
    require(RegCreateKeyExW(HKEY_LOCAL_MACHINE, L"Software\\EpmSelftest\\A\\B", 0, nullptr, 0, KEY_ALL_ACCESS, nullptr,
                            &key, nullptr) == ERROR_SUCCESS,
            "the key comes back");
    RegCloseKey(key);
    require(!next_event("registry").empty(), "an event when it comes back");
    require(epm_registry_unwatch(watch) == ERROR_SUCCESS, "the end");
  });
  test("registry: all values, by as many calls as the buffer needs", [] {
    const wchar_t* name = L"Software\\EpmSelftest\\Values";
    HKEY opened = nullptr;
    require(RegCreateKeyExW(HKEY_LOCAL_MACHINE, name, 0, nullptr, 0, KEY_ALL_ACCESS, nullptr, &opened, nullptr) ==
                ERROR_SUCCESS,
            "the key");
    const std::vector<uint8_t> large(3000, 7);
    for (uint32_t index = 0; index < 50; ++index) {
      const std::wstring value = L"Value " + std::to_wstring(index);
      const auto size = static_cast<DWORD>(index == 20 ? large.size() : index);
      require(RegSetValueExW(opened, value.c_str(), 0, REG_BINARY, large.data(), size) == ERROR_SUCCESS, "a value");
    }
    const auto key = static_cast<uint64_t>(reinterpret_cast<uintptr_t>(opened));
    std::vector<uint8_t> out(400);
    uint32_t found = 0;
    uint32_t length = 0;
    uint64_t bytes = 0;
    uint32_t result = ERROR_SUCCESS;
    bool was_too_small = false;
    while (result != ERROR_NO_MORE_ITEMS) {
      result = epm_registry_values(key, found, out.data(), static_cast<uint32_t>(out.size()), &length);
      if (result == ERROR_MORE_DATA) {
        require(!was_too_small && length > out.size(), "the size that the large one needs");
        was_too_small = true;
        out.resize(length);
        continue;
      }
      require(result == ERROR_SUCCESS || result == ERROR_NO_MORE_ITEMS, "values");
      require(length <= out.size(), "no more than fits");
      for (uint32_t at = 0; at < length; ++found) {
        uint32_t head[5];
        std::memcpy(head, out.data() + at, sizeof(head));
        require(head[0] >= sizeof(head) && head[0] <= length - at, "where the next one begins");
        require(head[1] == REG_BINARY && head[2] + head[3] <= head[0], "type and data");
        bytes += head[3];
        at += head[0];
      }
    }
    require(was_too_small && found == 50 && bytes == 49 * 50 / 2 - 20 + large.size(), "every value once");
    require(
        epm_registry_values(key, 50, out.data(), static_cast<uint32_t>(out.size()), &length) == ERROR_NO_MORE_ITEMS &&
            length == 0,
        "none behind the last");
    require(epm_registry_values(key, 0, nullptr, 0, &length) == ERROR_INVALID_PARAMETER, "no buffer");
    RegCloseKey(opened);
    require(epm_registry_values(key, 0, out.data(), static_cast<uint32_t>(out.size()), &length) == ERROR_INVALID_HANDLE,
            "a key that is closed");
  });
  test("registry: more keys than one thread waits for, and a change of one of them tells of no other", [&] {
    // Each is there before the watch, so that only its own changes are told.
    constexpr uint32_t count = 40;
    std::vector<HKEY> keys(count);
    std::vector<uint32_t> watches(count);
    for (uint32_t index = 0; index < count; ++index) {
      const std::wstring name = L"Software\\EpmSelftest\\" + std::to_wstring(index);
      require(RegCreateKeyExW(HKEY_LOCAL_MACHINE, name.c_str(), 0, nullptr, 0, KEY_ALL_ACCESS, nullptr, &keys[index],
                              nullptr) == ERROR_SUCCESS,
              "a key");
      require(epm_registry_watch(0x80000002u, reinterpret_cast<const char16_t*>(name.c_str()), &watches[index]) ==
                  ERROR_SUCCESS,
              "a watch");
    }
    while (!next_event("registry", 100).empty()) {
    }
    const auto change = [&](uint32_t index, DWORD value) {
      require(RegSetValueExW(keys[index], L"V", 0, REG_DWORD, reinterpret_cast<const BYTE*>(&value), sizeof(value)) ==
                  ERROR_SUCCESS,
              "a value");
    };
    for (uint32_t index = 0; index < count; ++index) {
      // The first one changes all the time and does not keep the others waiting.
      for (DWORD value = 0; value < 10; ++value) change(0, index * 10 + value);
      change(index, index);
      const std::string expected = "\"watch\":" + std::to_string(watches[index]) + "}";
      const std::string noise = "\"watch\":" + std::to_string(watches[0]) + "}";
      for (;;) {
        const std::string event = next_event("registry");
        require(!event.empty(), "an event");
        if (event.find(expected) != std::string::npos) break;
        require(event.find(noise) != std::string::npos, "no event of another key");
      }
    }
    while (!next_event("registry", 100).empty()) {
    }
    for (uint32_t index = 0; index < count; ++index) {
      require(epm_registry_unwatch(watches[index]) == ERROR_SUCCESS, "the end of a watch");
      require(epm_registry_unwatch(watches[index]) == ERROR_INVALID_HANDLE, "an end once");
    }
    for (const HKEY each : keys) RegCloseKey(each);
  });
  test("registry: the first change after the watch was there is told", [&] {
    HKEY changing = nullptr;
    require(RegCreateKeyExW(HKEY_LOCAL_MACHINE, parent, 0, nullptr, 0, KEY_ALL_ACCESS, nullptr, &changing, nullptr) ==
                ERROR_SUCCESS,
            "the key");
    for (DWORD round = 0; round < 20; ++round) {
      require(epm_registry_watch(0x80000002u, u"Software\\EpmSelftest", &watch) == ERROR_SUCCESS, "a watch");
      require(RegSetValueExW(changing, L"V", 0, REG_DWORD, reinterpret_cast<const BYTE*>(&round), sizeof(round)) ==
                  ERROR_SUCCESS,
              "a value");
      require(!next_event("registry").empty(), "an event");
      require(epm_registry_unwatch(watch) == ERROR_SUCCESS, "the end");
    }
    RegCloseKey(changing);
  });
  RegDeleteTreeW(HKEY_LOCAL_MACHINE, parent);
}

}  // namespace selftest
