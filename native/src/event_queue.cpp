#include "event_queue.h"

#include <utility>

#include "object_table.h"

namespace epm {

EventQueue& events() {
  static EventQueue* const queue = new EventQueue;
  return *queue;
}

Identifiers& identifiers() {
  static Identifiers* const all = new Identifiers;
  return *all;
}

void EventQueue::add(Locked&, std::string event, bool droppable) {
  events_.push_back({std::move(event), droppable});
  if (droppable) ++droppable_;
  arrived_.notify();
}

void EventQueue::push(std::string event) {
  Locked locked(lock_);
  add(locked, std::move(event), false);
}

void EventQueue::push_once(std::string event) {
  Locked locked(lock_);
  for (const Entry& entry : events_) {
    if (entry.text == event) return;
  }
  add(locked, std::move(event), false);
}

void EventQueue::push_droppable(std::string event) {
  Locked locked(lock_);
  if (droppable_ >= max_droppable) return;
  add(locked, std::move(event), true);
}

bool EventQueue::take(DWORD timeout_ms, size_t capacity, std::string& out) {
  const ULONGLONG end = GetTickCount64() + timeout_ms;
  Locked locked(lock_);
  while (events_.empty()) {
    const ULONGLONG now = GetTickCount64();
    if (timeout_ms != INFINITE && now >= end) return false;
    arrived_.wait(locked, timeout_ms == INFINITE ? INFINITE : static_cast<DWORD>(end - now));
  }
  Entry& first = events_.front();
  if (first.text.size() > capacity) {
    out = first.text;
    return true;
  }
  out = std::move(first.text);
  if (first.droppable) --droppable_;
  events_.pop_front();
  return true;
}

}  // namespace epm
