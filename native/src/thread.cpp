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

// Node frees the libraries that koffi loaded while it ends. A thread of this one that woke up then would run into memory
// that is not there any more, and the process would end with an access violation.
void keep_library_loaded() {
  HMODULE self = nullptr;
  check(GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS,
                           reinterpret_cast<const wchar_t*>(&run), &self),
        "GetModuleHandleExW");
}

}  // namespace

Handle start_thread(std::function<void()> work) {
  keep_library_loaded();
  auto owned = std::make_unique<std::function<void()>>(std::move(work));
  Handle thread(CreateThread(nullptr, stack_reserve, run, owned.get(), STACK_SIZE_PARAM_IS_A_RESERVATION, nullptr));
  if (thread) (void)owned.release();  // the thread frees it
  check(static_cast<bool>(thread), "CreateThread");
  return thread;
}

Handle make_event(bool manual) {
  Handle event(CreateEventW(nullptr, manual, FALSE, nullptr));
  check(static_cast<bool>(event), "CreateEventW");
  return event;
}

}  // namespace epm
