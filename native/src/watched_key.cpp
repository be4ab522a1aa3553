#include "watched_key.h"

#include "event_queue.h"
#include "failure.h"
#include "json_writer.h"
#include "thread.h"

namespace epm {

namespace {

constexpr DWORD retry_ms = 1000;
// A key that comes and goes as often while it is looked for is tried again later.
constexpr int most_moves = 8;

LSTATUS open(HKEY root, const std::wstring& path, RegistryKey& key) {
  return RegOpenKeyExW(root, path.c_str(), 0, KEY_NOTIFY | KEY_QUERY_VALUE | KEY_WOW64_64KEY, key.receive());
}

// "A\B\C" to "A\B"; empty: the root itself.
std::wstring parent(const std::wstring& path) {
  const size_t separator = path.find_last_of(L'\\');
  return separator == std::wstring::npos ? std::wstring() : path.substr(0, separator);
}

// Asks for one notification. Of the key: everything below. Of a parent that stands in for it: only names, and only its
// own, because the next missing key can appear nowhere else.
LSTATUS notify(const RegistryKey& key, bool whole, const Handle& changed) {
  const DWORD filter = whole ? REG_NOTIFY_CHANGE_NAME | REG_NOTIFY_CHANGE_LAST_SET | REG_NOTIFY_CHANGE_SECURITY
                             : static_cast<DWORD>(REG_NOTIFY_CHANGE_NAME);
  return RegNotifyChangeKeyValue(key.get(), whole, filter, changed.get(), TRUE);
}

}  // namespace

// What is watched now: the key or its nearest parent, and one level above that. The upper one tells when the lower one
// is deleted, which its own notification does not do on Wine.
//
// Each has an event of its own: asking for a notification resets the event, and closing a key signals the one of its
// pending notification. The events are declared first, so that they outlive the keys.
struct ArmedKey {
  Handle key_changed = make_event(false);
  Handle above_changed = make_event(false);
  RegistryKey key;
  RegistryKey above;
  std::wstring path;
  // A key further down is there and does not let itself be watched. Nobody tells when it does again.
  bool blocked = false;
};

namespace {

// False: nothing could be armed.
bool ask(HKEY root, const std::wstring& wanted, ArmedKey& armed) {
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
bool is_alive(const RegistryKey& key) {
  return RegQueryInfoKeyW(key.get(), nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr,
                          nullptr, nullptr) != ERROR_KEY_DELETED;
}

// The part of `wanted` that is one key longer than `armed`.
std::wstring next_below(const std::wstring& wanted, const std::wstring& armed) {
  const size_t begin = armed.empty() ? 0 : armed.size() + 1;
  return wanted.substr(0, wanted.find(L'\\', begin));
}

std::string event_of(uint32_t id) {
  JsonWriter json;
  json.begin_object();
  json.member("kind", "registry");
  json.member("watch", id);
  json.end_object();
  return json.take();
}

}  // namespace

WatchedKey::WatchedKey(HKEY root, std::wstring path, uint32_t id)
    : root_(root), path_(std::move(path)), event_(event_of(id)), ready_(make_event(true)) {}

WatchedKey::~WatchedKey() = default;

void WatchedKey::look(bool was_notified) {
  const bool report = was_notified || is_notified() || (!is_new_ && !armed_);
  const bool is_due = retry_at_ != 0 && GetTickCount64() >= retry_at_;
  if (is_new_ || is_due || (report && armed_)) arm(report);
}

// Armed first, reported second: who reads the key after the report misses nothing, the next change is a next report.
void WatchedKey::arm(bool report) {
  bool is_complete = false;
  try {
    auto armed = std::make_unique<ArmedKey>();
    bool is_armed = false;
    bool is_settled = false;
    for (int moves = 0; !is_settled && moves < most_moves; ++moves) {
      if (moves > 0) armed = std::make_unique<ArmedKey>();
      is_armed = ask(root_, path_, *armed);
      // The next key may have appeared, or this one gone, before both were watched.
      RegistryKey probe;
      is_settled =
          !is_armed || (is_alive(armed->key) &&
                        (armed->path == path_ || open(root_, next_below(path_, armed->path), probe) != ERROR_SUCCESS));
      if (!is_settled) report = true;
    }
    if (was_blocked_ && !armed->blocked) report = true;
    was_blocked_ = armed->blocked;
    is_complete = is_armed && is_settled && !armed->blocked;
    if (!is_armed) armed.reset();
    armed_ = std::move(armed);
  } catch (const Failure&) {
    // No event could be made. Whoever is told reads the key, and sees its changes at the next try.
    armed_.reset();
    report = true;
  }
  is_new_ = false;
  retry_at_ = is_complete ? 0 : GetTickCount64() + retry_ms;
  if (report) events().push_once(event_);
  SetEvent(ready_.get());
}

void WatchedKey::drop() {
  armed_.reset();
  is_new_ = false;
  retry_at_ = GetTickCount64() + retry_ms;
}

bool WatchedKey::is_notified() const {
  HANDLE events[event_count];
  if (!wait_events(events)) return false;
  bool is_set = false;
  // Each of them, for asking resets it.
  for (const HANDLE event : events) is_set |= WaitForSingleObject(event, 0) == WAIT_OBJECT_0;
  return is_set;
}

bool WatchedKey::wait_events(HANDLE (&events)[event_count]) const {
  if (!armed_) return false;
  events[0] = armed_->key_changed.get();
  events[1] = armed_->above_changed.get();
  return true;
}

DWORD WatchedKey::due_in() const {
  if (retry_at_ == 0) return INFINITE;
  const ULONGLONG now = GetTickCount64();
  return now >= retry_at_ ? 0 : static_cast<DWORD>(retry_at_ - now);
}

}  // namespace epm
