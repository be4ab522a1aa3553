// Exported functions: profiles of isolated accounts.
#include "epmnative.h"
#include "export_guard.h"
#include "json_writer.h"
#include "object_table.h"
#include "tokens.h"
#include "user_profile.h"

using namespace epm;

namespace {

ObjectTable<LoadedProfile>& profiles() {
  static auto* const table = new ObjectTable<LoadedProfile>;
  return *table;
}

std::string store_answer(const char* name, bool value) {
  JsonWriter json;
  json.begin_object();
  json.member("store", profile_store);
  json.member(name, value);
  json.end_object();
  return json.take();
}

}  // namespace

epm_error epm_profile_create(const char16_t* sid, const char16_t* name, char* out, uint32_t capacity,
                             uint32_t* length) {
  return guarded_text(out, capacity, length, [&] {
    if (!sid || !name) fail("epm_profile_create", ERROR_INVALID_PARAMETER);
    return store_answer("made", create_profile(wide(sid), wide(name)));
  });
}

epm_error epm_profile_load(uint32_t token, const char16_t* name, uint32_t* profile, char* out, uint32_t capacity,
                           uint32_t* length) {
  return guarded_text(out, capacity, length, [&] {
    if (!name || !profile) fail("epm_profile_load", ERROR_INVALID_PARAMETER);
    constexpr uint32_t enough = 128;  // for the answer; asked first, because a loaded profile must not be lost
    if (capacity < enough) fail("epm_profile_load", ERROR_INSUFFICIENT_BUFFER);
    const uint32_t id = identifiers().next();
    profiles().add(id, load_profile(tokens().get(token)->get(), wide(name)));
    *profile = id;
    return store_answer("loaded", true);
  });
}

epm_error epm_profile_unload(uint32_t profile, char* out, uint32_t capacity, uint32_t* length) {
  return guarded_text(out, capacity, length, [&] {
    profiles().get(profile)->unload();
    profiles().remove(profile);
    return store_answer("loaded", false);
  });
}

epm_error epm_profile_unload_left(const char16_t* sid, char* out, uint32_t capacity, uint32_t* length) {
  return guarded_text(out, capacity, length, [&] {
    if (!sid) fail("epm_profile_unload_left", ERROR_INVALID_PARAMETER);
    unload_left_profile(wide(sid));
    return store_answer("loaded", false);
  });
}

epm_error epm_profile_delete(const char16_t* sid, char* out, uint32_t capacity, uint32_t* length) {
  return guarded_text(out, capacity, length, [&] {
    if (!sid) fail("epm_profile_delete", ERROR_INVALID_PARAMETER);
    delete_profile(wide(sid));
    return store_answer("made", false);
  });
}
