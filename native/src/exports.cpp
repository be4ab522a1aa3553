// Exported functions: process, events, registry, service.
#include "epmnative.h"
#include "event_queue.h"
#include "export_guard.h"
#include "hardening.h"
#include "platform.h"
#include "registry_values.h"
#include "registry_watch.h"
#include "service.h"
#include "service_facts.h"
#include "token_facts.h"
#include "vitals.h"

using namespace epm;

namespace {

bool is_of_system() {
  Handle token;
  check(OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, token.receive()), "OpenProcessToken");
  return token_user(token.get()) == L"S-1-5-18";
}

}  // namespace

uint32_t epm_abi_version(void) { return EPM_ABI_VERSION; }

uint32_t epm_is_wine(void) { return is_wine() ? 1 : 0; }

uint32_t epm_is_test_build(void) { return is_test_build ? 1 : 0; }

epm_error epm_harden_process(char* out, uint32_t capacity, uint32_t* length) {
  return guarded_text(out, capacity, length, [] { return harden_process(is_of_system()); });
}

epm_error epm_process_vitals(char* out, uint32_t capacity, uint32_t* length) {
  return guarded_text(out, capacity, length, [] { return process_vitals(); });
}

epm_error epm_watchdog_feed(uint32_t limit_ms, uint32_t exit_code) {
  return guarded([&]() -> uint32_t {
    feed_watchdog(limit_ms, exit_code);
    return ERROR_SUCCESS;
  });
}

epm_error epm_event_wait(uint32_t timeout_ms, char* out, uint32_t capacity, uint32_t* length) {
  return guarded([&]() -> uint32_t {
    if (!length || (!out && capacity != 0)) return ERROR_INVALID_PARAMETER;
    *length = 0;
    std::string event;
    if (!events().take(timeout_ms, capacity, event)) return WAIT_TIMEOUT;
    return give_text(event, out, capacity, length);
  });
}

epm_error epm_event_wake(void) {
  return guarded([]() -> uint32_t {
    events().push_once("{\"kind\":\"woken\"}");
    return ERROR_SUCCESS;
  });
}

epm_error epm_registry_watch(uint32_t root, const char16_t* key, uint32_t* watch) {
  return guarded([&]() -> uint32_t {
    if (!watch) return ERROR_INVALID_PARAMETER;
    *watch = RegistryWatch::start(root, wide(key));
    return ERROR_SUCCESS;
  });
}

epm_error epm_registry_unwatch(uint32_t watch) {
  return guarded([&]() -> uint32_t {
    registry_watches().remove(watch)->stop();
    return ERROR_SUCCESS;
  });
}

epm_error epm_registry_values(uint64_t key, uint32_t first, uint8_t* out, uint32_t capacity, uint32_t* length) {
  return guarded([&]() -> uint32_t {
    if (!length || !out) return ERROR_INVALID_PARAMETER;
    *length = 0;
    return registry_values(reinterpret_cast<HKEY>(static_cast<uintptr_t>(key)), first, out, capacity, length);
  });
}

epm_error epm_service_run(const char16_t* name) {
  return guarded([&]() -> uint32_t {
    run_service(wide(name));
    return ERROR_SUCCESS;
  });
}

epm_error epm_service_status(uint32_t state, uint32_t win32_exit_code, uint32_t wait_hint_ms) {
  return guarded([&]() -> uint32_t {
    set_service_status(state, win32_exit_code, wait_hint_ms);
    return ERROR_SUCCESS;
  });
}

epm_error epm_service_facts(const char16_t* name, char* out, uint32_t capacity, uint32_t* length) {
  return guarded_text(out, capacity, length, [&] { return service_facts(wide(name)); });
}
