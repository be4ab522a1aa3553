// Exported functions: tokens, processes and desktops.
#include <optional>

#include "broker.h"
#include "environment_block.h"
#include "epmnative.h"
#include "export_guard.h"
#include "lsa_name_mapping.h"
#include "own_desktop.h"
#include "process_start.h"
#include "service_logon_right.h"
#include "token_factory.h"
#include "token_facts.h"
#include "tokens.h"
#include "user_logon.h"

using namespace epm;

namespace {

std::string one_flag(const char* name, bool value) {
  JsonWriter json;
  json.begin_object();
  json.member(name, value);
  json.end_object();
  return json.take();
}

}  // namespace

epm_error epm_name_map(const char16_t* domain, const char16_t* name, const char16_t* sid, char* out, uint32_t capacity,
                       uint32_t* length) {
  return guarded_text(out, capacity, length,
                      [&] { return one_flag("added", map_sid_name(checked_name(domain, name, sid))); });
}

epm_error epm_name_unmap(const char16_t* domain, const char16_t* name, const char16_t* sid, char* out,
                         uint32_t capacity, uint32_t* length) {
  return guarded_text(out, capacity, length,
                      [&] { return one_flag("removed", unmap_sid_name(checked_name(domain, name, sid))); });
}

epm_error epm_service_right(const char16_t* account, uint32_t granted, char* out, uint32_t capacity, uint32_t* length) {
  return guarded_text(out, capacity, length, [&] {
    if (granted > 1) fail("granted", ERROR_INVALID_PARAMETER);
    return one_flag("changed", set_service_logon_right(checked_account_sid(account), granted == 1));
  });
}

epm_error epm_service_right_holders(char* out, uint32_t capacity, uint32_t* length) {
  return guarded_text(out, capacity, length, [&] {
    JsonWriter json;
    json.begin_object();
    json.key("accounts");
    json.begin_array();
    for (const std::wstring& account : service_logon_right_holders()) json.value(account);
    json.end_array();
    json.end_object();
    return json.take();
  });
}

epm_error epm_token_create(const epm_account* account, uint32_t* token, char* out, uint32_t capacity,
                           uint32_t* length) {
  return guarded_text(out, capacity, length, [&] {
    if (!account || !token) fail("epm_token_create", ERROR_INVALID_PARAMETER);
    MadeToken made = make_token(checked_account(*account));
    JsonWriter json;
    json.begin_object();
    json.member("factory", made.factory);
    json.end_object();
    std::string text = json.take();
    // A token whose answer does not fit would be lost with its integer.
    if (text.size() > capacity) fail("epm_token_create", ERROR_INSUFFICIENT_BUFFER);
    const uint32_t id = identifiers().next();
    tokens().add(id, std::make_shared<Handle>(std::move(made.token)));
    *token = id;
    return text;
  });
}

epm_error epm_user_logon(uint32_t package, const uint8_t* buffer, uint32_t buffer_length, const epm_account* account,
                         uint32_t* token, char* out, uint32_t capacity, uint32_t* length) {
  return guarded_text(out, capacity, length, [&] {
    if (!buffer || buffer_length == 0 || !token) fail("epm_user_logon", ERROR_INVALID_PARAMETER);
    constexpr uint32_t enough = 256;  // for the answer; asked first, because nobody is logged on twice
    if (capacity < enough) fail("epm_user_logon", ERROR_INSUFFICIENT_BUFFER);
    *token = 0;
    std::optional<AccountInput> wanted;
    if (account) wanted = checked_user_account(*account);
    UserLogon logon = log_on_user({package, buffer, buffer_length, wanted ? &*wanted : nullptr});
    JsonWriter json;
    json.begin_object();
    if (!logon.token) {
      json.member("otherUser", logon.other_user);
      json.member("status", static_cast<uint32_t>(logon.status));
      json.member("substatus", static_cast<uint32_t>(logon.substatus));
    } else {
      json.member("factory", logon.factory);
      json.member("package", logon.package);
      if (logon.logon_type)
        json.member("logonType", *logon.logon_type);
      else
        json.null_member("logonType");
      const uint32_t id = identifiers().next();
      tokens().add(id, std::make_shared<Handle>(std::move(logon.token)));
      *token = id;
    }
    json.end_object();
    return json.take();
  });
}

epm_error epm_token_facts(uint32_t token, char* out, uint32_t capacity, uint32_t* length) {
  return guarded_text(out, capacity, length, [&] {
    JsonWriter json;
    write_token_facts(json, tokens().get(token)->get());
    return json.take();
  });
}

epm_error epm_token_environment(uint32_t token, char* out, uint32_t capacity, uint32_t* length) {
  return guarded_text(out, capacity, length, [&] { return token_environment(tokens().get(token)->get()); });
}

epm_error epm_token_close(uint32_t token) {
  return guarded([&]() -> uint32_t {
    tokens().remove(token);
    return ERROR_SUCCESS;
  });
}

epm_error epm_broker_start(const char16_t* program, uint32_t* broker, char* out, uint32_t capacity, uint32_t* length) {
  return guarded_text(out, capacity, length, [&] {
    if (!program || !broker) fail("epm_broker_start", ERROR_INVALID_PARAMETER);
    constexpr uint32_t enough =
        64;  // for the answer: a broker whose answer does not fit would be lost with its integer
    if (capacity < enough) fail("epm_broker_start", ERROR_INSUFFICIENT_BUFFER);
    const auto started = Broker::launch(wide(program));
    const uint32_t id = identifiers().next();
    brokers().add(id, started);
    *broker = id;
    JsonWriter json;
    json.begin_object();
    json.member("processId", static_cast<uint32_t>(started->process_id()));
    json.end_object();
    return json.take();
  });
}

epm_error epm_broker_end(uint32_t broker) {
  return guarded([&]() -> uint32_t {
    brokers().remove(broker)->end();
    return ERROR_SUCCESS;
  });
}

epm_error epm_process_start(const epm_start* start, uint32_t* process, char* out, uint32_t capacity, uint32_t* length) {
  return guarded_text(out, capacity, length, [&] {
    if (!start || !process) fail("epm_process_start", ERROR_INVALID_PARAMETER);
    constexpr uint32_t enough = 128;  // for the answer; asked first, because a started process cannot be asked twice
    if (capacity < enough) fail("epm_process_start", ERROR_INSUFFICIENT_BUFFER);
    StartedAnswer started = start_process(*start, tokens().get(start->token)->get());
    *process = started.id;
    return started.json;
  });
}

epm_error epm_process_facts(uint32_t process, char* out, uint32_t capacity, uint32_t* length) {
  return guarded_text(out, capacity, length, [&] { return processes().get(process)->facts(); });
}

epm_error epm_process_resume(uint32_t process) {
  return guarded([&]() -> uint32_t {
    processes().get(process)->resume();
    return ERROR_SUCCESS;
  });
}

epm_error epm_process_terminate(uint32_t process, uint32_t exit_code) {
  return guarded([&]() -> uint32_t {
    processes().get(process)->terminate(exit_code);
    return ERROR_SUCCESS;
  });
}

epm_error epm_stopped_take(uint32_t process, uint32_t stopped, uint64_t* image, char* out, uint32_t capacity,
                           uint32_t* length) {
  return guarded_text(out, capacity, length, [&] {
    if (!image) fail("epm_stopped_take", ERROR_INVALID_PARAMETER);
    *image = 0;
    // Asked first: what was taken cannot be given back. A unit of the command line becomes six characters at most.
    constexpr uint32_t enough = 6 * 32768 + 256;
    if (capacity < enough) fail("epm_stopped_take", ERROR_INSUFFICIENT_BUFFER);
    Handle taken;
    std::string text = processes().get(process)->take_stopped(stopped, taken);
    *image = reinterpret_cast<uintptr_t>(taken.detach());
    return text;
  });
}

epm_error epm_stopped_answer(uint32_t process, uint32_t stopped, uint32_t run) {
  return guarded([&]() -> uint32_t {
    if (run > 1) return ERROR_INVALID_PARAMETER;
    processes().get(process)->answer(stopped, run == 1);
    return ERROR_SUCCESS;
  });
}

epm_error epm_process_release(uint32_t process) {
  return guarded([&]() -> uint32_t {
    processes().remove(process)->release();
    return ERROR_SUCCESS;
  });
}

epm_error epm_process_output(uint32_t process, uint32_t stream, uint8_t* out, uint32_t capacity, uint32_t* length) {
  return guarded([&]() -> uint32_t {
    if (!length || !out) return ERROR_INVALID_PARAMETER;
    *length = 0;
    // Asked first: what was taken cannot be given back.
    if (capacity < ProgramStreams::piece) return ERROR_INSUFFICIENT_BUFFER;
    std::vector<uint8_t> bytes;
    bool ended = false;
    if (!processes().get(process)->streams().take(stream, bytes, ended))
      return ended ? ERROR_HANDLE_EOF : ERROR_NO_DATA;
    return give_bytes(bytes.data(), bytes.size(), out, capacity, length);
  });
}

epm_error epm_process_end_streams(uint32_t process) {
  return guarded([&]() -> uint32_t {
    processes().get(process)->streams().stop();
    return ERROR_SUCCESS;
  });
}

epm_error epm_desktop_make(const char16_t* holder, uint32_t session, const char16_t* name, const char16_t* sddl,
                           uint32_t shown_seconds, uint32_t* desktop, char* out, uint32_t capacity, uint32_t* length) {
  return guarded_text(out, capacity, length, [&] {
    if (!holder || !name || !sddl || !desktop) fail("epm_desktop_make", ERROR_INVALID_PARAMETER);
    std::string answer;
    const auto made = OwnDesktop::make({wide(holder), session, wide(name), wide(sddl), shown_seconds}, answer);
    // A desktop whose answer does not fit would be lost with its integer.
    if (answer.size() > capacity) fail("epm_desktop_make", ERROR_INSUFFICIENT_BUFFER);
    const uint32_t id = identifiers().next();
    desktops().add(id, made);
    *desktop = id;
    return answer;
  });
}

epm_error epm_desktop_show(uint32_t desktop) {
  return guarded([&]() -> uint32_t {
    desktops().get(desktop)->show();
    return ERROR_SUCCESS;
  });
}

epm_error epm_desktop_state(uint32_t desktop) {
  return guarded([&]() -> uint32_t { return desktops().get(desktop)->is_held() ? ERROR_SUCCESS : ERROR_HANDLE_EOF; });
}

epm_error epm_desktop_close(uint32_t desktop) {
  return guarded([&]() -> uint32_t {
    desktops().remove(desktop);
    return ERROR_SUCCESS;
  });
}
