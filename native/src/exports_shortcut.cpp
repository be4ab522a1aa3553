// Exported functions: shortcuts of the shell.
#include "epmnative.h"
#include "export_guard.h"
#include "json_writer.h"
#include "shortcut.h"

using namespace epm;

namespace {

std::string json_of(const Shortcut& shortcut) {
  JsonWriter json;
  json.begin_object();
  json.member("target", shortcut.target);
  json.member("arguments", shortcut.arguments);
  json.member("description", shortcut.description);
  json.member("folder", shortcut.folder);
  json.member("icon", shortcut.icon);
  json.end_object();
  return json.take();
}

}  // namespace

epm_error epm_shortcut_write(const char16_t* file, const char16_t* target, const char16_t* arguments,
                             const char16_t* description, const char16_t* folder, const char16_t* icon, char* out,
                             uint32_t capacity, uint32_t* length) {
  return guarded_text(out, capacity, length, [&] {
    if (!file || !target) fail("epm_shortcut_write", ERROR_INVALID_PARAMETER);
    write_shortcut(wide(file), {wide(target), wide(arguments), wide(description), wide(folder), wide(icon)});
    return json_of(read_shortcut(wide(file)));
  });
}

epm_error epm_shortcut_read(const char16_t* file, char* out, uint32_t capacity, uint32_t* length) {
  return guarded_text(out, capacity, length, [&] {
    if (!file) fail("epm_shortcut_read", ERROR_INVALID_PARAMETER);
    return json_of(read_shortcut(wide(file)));
  });
}
