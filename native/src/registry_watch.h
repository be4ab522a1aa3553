// Watches keys of the registry. One thread waits for many of them: every user who is signed in has three.
#pragma once

#include <memory>
#include <vector>

#include "object_table.h"
#include "thread.h"
#include "watched_key.h"

namespace epm {

// A thread that waits for as many keys as one wait can have, until it has none left.
class RegistryWatcher {
 public:
  // False: it has as many keys as it can wait for, or it ends.
  bool add(const std::shared_ptr<WatchedKey>& key);
  void remove(const std::shared_ptr<WatchedKey>& key);
  // @param first its first key
  static std::shared_ptr<RegistryWatcher> start(const std::shared_ptr<WatchedKey>& first);

 private:
  void run();
  bool keys(std::vector<std::shared_ptr<WatchedKey>>& all);

  Lock lock_;
  std::vector<std::shared_ptr<WatchedKey>> keys_;
  Handle woken_ = make_event(false);
};

class RegistryWatch {
 public:
  // Starts watching; every change puts {"kind":"registry","watch":id} into the event queue, once per burst.
  static uint32_t start(uint32_t root, const wchar_t* key);
  void stop();

 private:
  RegistryWatch(std::shared_ptr<RegistryWatcher> watcher, std::shared_ptr<WatchedKey> key)
      : watcher_(std::move(watcher)), key_(std::move(key)) {}

  std::shared_ptr<RegistryWatcher> watcher_;
  std::shared_ptr<WatchedKey> key_;
};

ObjectTable<RegistryWatch>& registry_watches();

}  // namespace epm
