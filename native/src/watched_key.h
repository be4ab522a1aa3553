// One key of the registry that is watched with everything below it, also while it does not exist.
#pragma once

#include <memory>
#include <string>

#include "handle.h"

namespace epm {

struct ArmedKey;

// Only the thread that waits for it uses it, but for `is_ready`.
class WatchedKey {
 public:
  // A change puts {"kind":"registry","watch":id} into the event queue, once per burst.
  WatchedKey(HKEY root, std::wstring path, uint32_t id);
  ~WatchedKey();
  WatchedKey(const WatchedKey&) = delete;
  WatchedKey& operator=(const WatchedKey&) = delete;

  // Set once the first notification was asked for, or could not be.
  HANDLE is_ready() const { return ready_.get(); }

  // Tells of a change that was notified, and asks for the next notification, also when it could not be had before and is
  // due again. @param was_notified one of the events was waited for, and is reset by that
  void look(bool was_notified);
  // Forgets what was asked for: it is asked for again, and told as a change, when it is due.
  void drop();

  static constexpr size_t event_count = 2;
  // The events of the notifications. False: none was asked for.
  bool wait_events(HANDLE (&events)[event_count]) const;
  // Milliseconds until it must be looked at although nothing was notified; INFINITE: it need not.
  DWORD due_in() const;

 private:
  void arm(bool report);
  bool is_notified() const;

  HKEY root_;
  std::wstring path_;
  std::string event_;
  Handle ready_;
  std::unique_ptr<ArmedKey> armed_;
  bool was_blocked_ = false;
  bool is_new_ = true;
  // 0: nothing is missing. Else the tick at which it is tried again.
  ULONGLONG retry_at_ = 0;
};

}  // namespace epm
