#include "thread.h"

#include <memory>

#include "failure.h"

namespace epm {

namespace {

constexpr SIZE_T stack_reserve = 256 * 1024;

DWORD WINAPI run(void* parameter) {
  const std::unique_ptr<std::function<void()>> work(static_cast<std::function<void()>*>(parameter));
  (*work)();
  return 0;
}

}  // namespace

Handle start_thread(std::function<void()> work) {
  auto owned = std::make_unique<std::function<void()>>(std::move(work));
  Handle thread(CreateThread(nullptr, stack_reserve, run, owned.get(), STACK_SIZE_PARAM_IS_A_RESERVATION, nullptr));
  check(static_cast<bool>(thread), "CreateThread");
  (void)owned.release();  // the thread frees it
  return thread;
}

Handle make_event(bool manual) {
  Handle event(CreateEventW(nullptr, manual, FALSE, nullptr));
  check(static_cast<bool>(event), "CreateEventW");
  return event;
}

}  // namespace epm
