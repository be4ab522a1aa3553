#include "registry_watch.h"

#include "event_queue.h"
#include "failure.h"
#include "json_writer.h"

namespace epm {

namespace {

constexpr DWORD retry_ms = 1000;

class Key {
 public:
  Key() = default;
  ~Key() { close(); }
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;
  HKEY* receive() {
    close();
    return &key_;
  }
  HKEY get() const { return key_; }

 private:
  void close() {
    if (key_) RegCloseKey(key_);
    key_ = nullptr;
  }
  HKEY key_ = nullptr;
};

LSTATUS open(HKEY root, const std::wstring& path, Key& key) {
  return RegOpenKeyExW(root, path.c_str(), 0, KEY_NOTIFY | KEY_QUERY_VALUE | KEY_WOW64_64KEY, key.receive());
}

// "A\B\C" to "A\B"; empty: the root itself.
std::wstring parent(const std::wstring& path) {
  const size_t separator = path.find_last_of(L'\\');
  return separator == std::wstring::npos ? std::wstring() : path.substr(0, separator);
}

// Asks for one notification. Of the key: everything below. Of a parent that stands in for it: only names, and only its
// own, because the next missing key can appear nowhere else.
LSTATUS notify(const Key& key, bool whole, const Handle& changed) {
  const DWORD filter = whole ? REG_NOTIFY_CHANGE_NAME | REG_NOTIFY_CHANGE_LAST_SET | REG_NOTIFY_CHANGE_SECURITY
                             : static_cast<DWORD>(REG_NOTIFY_CHANGE_NAME);
  return RegNotifyChangeKeyValue(key.get(), whole, filter, changed.get(), TRUE);
}

// What is watched now: the key or its nearest parent, and one level above that. The upper one tells when the lower one
// is deleted, which its own notification does not do on Wine.
//
// Each has an event of its own: asking for a notification resets the event, and closing a key signals the one of its
// pending notification. The events are declared first, so that they outlive the keys.
struct Armed {
  Handle key_changed = make_event(false);
  Handle above_changed = make_event(false);
  Key key;
  Key above;
  std::wstring path;
  // A key further down is there and does not let itself be watched. Nobody tells when it does again.
  bool blocked = false;
};

// False: nothing could be armed.
bool arm(HKEY root, const std::wstring& wanted, Armed& armed) {
  armed.path = wanted;
  for (;;) {
    const bool whole = armed.path == wanted;
    const LSTATUS opened = open(root, armed.path, armed.key);
    if (opened == ERROR_SUCCESS && notify(armed.key, whole, armed.key_changed) == ERROR_SUCCESS) break;
    if (opened == ERROR_ACCESS_DENIED) armed.blocked = true;
    if (armed.path.empty()) return false;
    armed.path = parent(armed.path);
  }
  if (armed.path.empty()) return true;
  return open(root, parent(armed.path), armed.above) == ERROR_SUCCESS &&
         notify(armed.above, false, armed.above_changed) == ERROR_SUCCESS;
}

// The key is still the one of this name: it was not deleted before its parent was watched.
bool is_alive(const Key& key) {
  return RegQueryInfoKeyW(key.get(), nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr,
                          nullptr, nullptr) != ERROR_KEY_DELETED;
}

// The part of `wanted` that is one key longer than `armed`.
std::wstring next_below(const std::wstring& wanted, const std::wstring& armed) {
  const size_t begin = armed.empty() ? 0 : armed.size() + 1;
  return wanted.substr(0, wanted.find(L'\\', begin));
}

}  // namespace

ObjectTable<RegistryWatch>& registry_watches() {
  static auto* const table = new ObjectTable<RegistryWatch>;
  return *table;
}

RegistryWatch::RegistryWatch(HKEY root, std::wstring key)
    : root_(root), key_(std::move(key)), stop_(make_event(true)) {}

uint32_t RegistryWatch::start(uint32_t root, const wchar_t* key) {
  if (root != 0x80000002u && root != 0x80000003u) fail("root", ERROR_INVALID_PARAMETER);
  std::wstring path(key);
  if (path.empty() || path.size() > 1024 || path.front() == L'\\' || path.back() == L'\\') {
    fail("key", ERROR_INVALID_PARAMETER);
  }
  // Predefined keys are sign-extended 32-bit values.
  const auto predefined = reinterpret_cast<HKEY>(static_cast<LONG_PTR>(static_cast<LONG>(root)));
  const std::shared_ptr<RegistryWatch> watch(new RegistryWatch(predefined, std::move(path)));
  const uint32_t id = identifiers().next();
  registry_watches().add(id, watch);
  try {
    watch->thread_ = start_thread([watch, id] { watch->run(id); });
  } catch (const Failure&) {
    registry_watches().remove(id);
    throw;
  }
  return id;
}

void RegistryWatch::stop() {
  SetEvent(stop_.get());
  WaitForSingleObject(thread_.get(), 5000);
}

// Armed first, reported second: who reads the key after the report misses nothing, the next change is a next report.
void RegistryWatch::run(uint32_t id) {
  JsonWriter json;
  json.begin_object();
  json.member("kind", "registry");
  json.member("watch", id);
  json.end_object();
  const std::string event = json.take();

  bool report = false;
  bool was_blocked = false;
  for (;;) {
    try {
      Armed armed;
      const bool is_armed = arm(root_, key_, armed);
      // The next key may have appeared, or this one gone, before both were watched.
      Key probe;
      const bool moved =
          is_armed && (!is_alive(armed.key) ||
                       (armed.path != key_ && open(root_, next_below(key_, armed.path), probe) == ERROR_SUCCESS));
      if (moved) {
        report = true;
        continue;
      }
      if (was_blocked && !armed.blocked) report = true;
      was_blocked = armed.blocked;
      if (report) events().push_once(event);
      const HANDLE waits[] = {stop_.get(), armed.key_changed.get(), armed.above_changed.get()};
      const bool complete = is_armed && !armed.blocked;
      const DWORD result = WaitForMultipleObjects(3, waits, FALSE, complete ? INFINITE : retry_ms);
      if (result == WAIT_OBJECT_0 || result == WAIT_FAILED) return;
      report = !is_armed || result != WAIT_TIMEOUT;
    } catch (const Failure&) {
      // No event could be made. Whoever is told reads the key, and sees its changes at the next try.
      events().push_once(event);
      if (WaitForSingleObject(stop_.get(), retry_ms) != WAIT_TIMEOUT) return;
    }
  }
}

}  // namespace epm
