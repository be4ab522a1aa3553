// Slim reader/writer lock and condition variable. Used instead of <mutex> because the win32 thread model of mingw-w64
// has none and the posix one would bring winpthreads in.
#pragma once

#include "windows_headers.h"

namespace epm {

class Lock {
 public:
  Lock() = default;
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  friend class Locked;
  friend class Condition;
  SRWLOCK lock_ = SRWLOCK_INIT;
};

class Locked {
 public:
  explicit Locked(Lock& lock) : lock_(lock) { AcquireSRWLockExclusive(&lock_.lock_); }
  ~Locked() { ReleaseSRWLockExclusive(&lock_.lock_); }
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;

 private:
  friend class Condition;
  Lock& lock_;
};

class Condition {
 public:
  // False when the time is over; the lock is held again in either case.
  bool wait(Locked& locked, DWORD milliseconds) {
    return SleepConditionVariableSRW(&condition_, &locked.lock_.lock_, milliseconds, 0) != 0;
  }
  void notify() { WakeAllConditionVariable(&condition_); }

 private:
  CONDITION_VARIABLE condition_ = CONDITION_VARIABLE_INIT;
};

}  // namespace epm
