#include "registry_watch.h"

#include <algorithm>

#include "failure.h"

namespace epm {

namespace {

// One more is waited for: the event that tells of keys that came or went.
constexpr size_t most_keys = (MAXIMUM_WAIT_OBJECTS - 1) / WatchedKey::event_count;
// For the first notification of a key; nothing waits that long for a registry.
constexpr DWORD ready_ms = 5000;
constexpr DWORD failure_ms = 1000;

struct Watchers {
  Lock lock;
  std::vector<std::weak_ptr<RegistryWatcher>> all;
};

// Never destroyed, as its threads may outlive the unloading of the library.
Watchers& watchers() {
  static auto* const instance = new Watchers;
  return *instance;
}

std::shared_ptr<RegistryWatcher> watcher_for(const std::shared_ptr<WatchedKey>& key) {
  Watchers& known = watchers();
  Locked locked(known.lock);
  std::erase_if(known.all, [](const auto& each) { return each.expired(); });
  for (const auto& each : known.all) {
    const auto watcher = each.lock();
    if (watcher && watcher->add(key)) return watcher;
  }
  auto watcher = RegistryWatcher::start(key);
  known.all.push_back(watcher);
  return watcher;
}

}  // namespace

std::shared_ptr<RegistryWatcher> RegistryWatcher::start(const std::shared_ptr<WatchedKey>& first) {
  auto watcher = std::make_shared<RegistryWatcher>();
  watcher->keys_.push_back(first);
  start_thread([watcher] { watcher->run(); });
  return watcher;
}

bool RegistryWatcher::add(const std::shared_ptr<WatchedKey>& key) {
  Locked locked(lock_);
  if (keys_.empty() || keys_.size() == most_keys) return false;
  keys_.push_back(key);
  SetEvent(woken_.get());
  return true;
}

void RegistryWatcher::remove(const std::shared_ptr<WatchedKey>& key) {
  Locked locked(lock_);
  std::erase(keys_, key);
  SetEvent(woken_.get());
}

// False: the last one is gone, and no other comes.
bool RegistryWatcher::keys(std::vector<std::shared_ptr<WatchedKey>>& all) {
  Locked locked(lock_);
  all = keys_;
  return !all.empty();
}

void RegistryWatcher::run() {
  std::vector<std::shared_ptr<WatchedKey>> all;
  std::vector<HANDLE> waits;
  // The key of each event that is waited for.
  std::vector<WatchedKey*> waited;
  const WatchedKey* notified = nullptr;
  while (keys(all)) {
    waits.assign(1, woken_.get());
    waited.assign(1, nullptr);
    DWORD timeout = INFINITE;
    // All of them each time: one that always changes must not keep the others waiting.
    for (const auto& key : all) {
      key->look(key.get() == notified);
      timeout = std::min(timeout, key->due_in());
      HANDLE events[WatchedKey::event_count];
      if (!key->wait_events(events)) continue;
      waits.insert(waits.end(), std::begin(events), std::end(events));
      waited.insert(waited.end(), WatchedKey::event_count, key.get());
    }
    const DWORD result = WaitForMultipleObjects(static_cast<DWORD>(waits.size()), waits.data(), FALSE, timeout);
    notified = result < waits.size() ? waited[result] : nullptr;
    if (result == WAIT_FAILED) {
      for (const auto& key : all) key->drop();
      Sleep(failure_ms);
    }
  }
}

ObjectTable<RegistryWatch>& registry_watches() {
  static auto* const table = new ObjectTable<RegistryWatch>;
  return *table;
}

uint32_t RegistryWatch::start(uint32_t root, const wchar_t* key) {
  if (root != 0x80000002u && root != 0x80000003u) fail("root", ERROR_INVALID_PARAMETER);
  std::wstring path(key);
  if (path.empty() || path.size() > 1024 || path.front() == L'\\' || path.back() == L'\\') {
    fail("key", ERROR_INVALID_PARAMETER);
  }
  // Predefined keys are sign-extended 32-bit values.
  const auto predefined = reinterpret_cast<HKEY>(static_cast<LONG_PTR>(static_cast<LONG>(root)));
  const uint32_t id = identifiers().next();
  const auto watched = std::make_shared<WatchedKey>(predefined, std::move(path), id);
  const std::shared_ptr<RegistryWatch> watch(new RegistryWatch(watcher_for(watched), watched));
  registry_watches().add(id, watch);
  // Who reads the key after this misses nothing.
  WaitForSingleObject(watched->is_ready(), ready_ms);
  return id;
}

void RegistryWatch::stop() { watcher_->remove(key_); }

}  // namespace epm
