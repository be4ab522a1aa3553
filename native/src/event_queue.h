// Events of every kind in one queue, each a line of JSON, in the order they happened.
#pragma once

#include <deque>
#include <string>

#include "lock.h"

namespace epm {

class EventQueue {
 public:
  void push(std::string event);
  // Does nothing when the same event still waits: a burst of changes is one event.
  void push_once(std::string event);
  // For events that a hostile client can cause without limit: dropped while `max_droppable` of them wait.
  void push_droppable(std::string event);

  // Copies the oldest event to `out`, and removes it when it fits into `capacity`. False: there was none in time.
  bool take(DWORD timeout_ms, size_t capacity, std::string& out);

 private:
  static constexpr size_t max_droppable = 256;
  struct Entry {
    std::string text;
    bool droppable;
  };
  void add(Locked& locked, std::string event, bool droppable);

  Lock lock_;
  Condition arrived_;
  std::deque<Entry> events_;
  size_t droppable_ = 0;
};

// The queue of this process. It is never destroyed: threads may outlive the unloading of the library.
EventQueue& events();

}  // namespace epm
