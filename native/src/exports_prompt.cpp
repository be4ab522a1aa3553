// Exported functions: the credential dialog, and whom a name belongs to.
#include "credential_prompt.h"
#include "epmnative.h"
#include "export_guard.h"
#include "json_writer.h"
#include "user_logon.h"

using namespace epm;

epm_error epm_credential_prompt(const char16_t* caption, const char16_t* message, const char16_t* user, uint32_t error,
                                uint32_t* package, uint8_t* out, uint32_t capacity, uint32_t* length) {
  return guarded([&]() -> uint32_t {
    if (!package || !length) return ERROR_INVALID_PARAMETER;
    *length = 0;
    PromptAnswer answer = prompt_for_credential({wide(caption), wide(message), wide(user), error, true});
    *package = answer.package;
    return give_bytes(answer.buffer.data(), answer.buffer.size(), out, capacity, length);
  });
}

epm_error epm_user_sid(const char16_t* name, char* out, uint32_t capacity, uint32_t* length) {
  return guarded_text(out, capacity, length, [&] {
    if (!name) fail("epm_user_sid", ERROR_INVALID_PARAMETER);
    JsonWriter json;
    json.begin_object();
    json.member("sid", user_sid(wide(name)));
    json.end_object();
    return json.take();
  });
}
