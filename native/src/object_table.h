// Small integers for objects that cross the interface. One counter for all kinds, never reused: a stale integer is an
// error, not somebody else's object.
#pragma once

#include <atomic>
#include <memory>
#include <unordered_map>
#include <vector>

#include "failure.h"
#include "lock.h"

namespace epm {

class Identifiers {
 public:
  uint32_t next() {
    // Saturates: after 2^32 - 1 objects nothing new is made, rather than an integer twice.
    uint32_t current = last_.load();
    do {
      if (current == UINT32_MAX) fail("Identifiers", ERROR_NO_MORE_USER_HANDLES);
    } while (!last_.compare_exchange_weak(current, current + 1));
    return current + 1;
  }

 private:
  std::atomic<uint32_t> last_{0};
};

Identifiers& identifiers();

template <typename T>
class ObjectTable {
 public:
  void add(uint32_t id, std::shared_ptr<T> object) {
    Locked locked(lock_);
    objects_.emplace(id, std::move(object));
  }

  // Throws ERROR_INVALID_HANDLE for an unknown integer.
  std::shared_ptr<T> get(uint32_t id) {
    Locked locked(lock_);
    const auto found = objects_.find(id);
    if (found == objects_.end()) fail("object", ERROR_INVALID_HANDLE);
    return found->second;
  }

  std::shared_ptr<T> remove(uint32_t id) {
    Locked locked(lock_);
    const auto found = objects_.find(id);
    if (found == objects_.end()) fail("object", ERROR_INVALID_HANDLE);
    std::shared_ptr<T> object = std::move(found->second);
    objects_.erase(found);
    return object;
  }

  std::shared_ptr<T> find(uint32_t id) {
    Locked locked(lock_);
    const auto found = objects_.find(id);
    return found == objects_.end() ? nullptr : found->second;
  }

  std::vector<std::shared_ptr<T>> all() {
    Locked locked(lock_);
    std::vector<std::shared_ptr<T>> copy;
    for (const auto& entry : objects_) copy.push_back(entry.second);
    return copy;
  }

 private:
  Lock lock_;
  std::unordered_map<uint32_t, std::shared_ptr<T>> objects_;
};

}  // namespace epm
