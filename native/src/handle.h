// Owners of Windows resources: each closes what it holds exactly once.
#pragma once

#include <memory>
#include <utility>

#include "windows_headers.h"

namespace epm {

// A kernel handle. Both "no handle" values of Win32 (NULL and INVALID_HANDLE_VALUE) count as empty.
class Handle {
 public:
  Handle() = default;
  explicit Handle(HANDLE value) : value_(value == INVALID_HANDLE_VALUE ? nullptr : value) {}
  Handle(Handle&& other) noexcept : value_(std::exchange(other.value_, nullptr)) {}
  Handle& operator=(Handle&& other) noexcept {
    if (this != &other) {
      close();
      value_ = std::exchange(other.value_, nullptr);
    }
    return *this;
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { close(); }

  explicit operator bool() const { return value_ != nullptr; }
  HANDLE get() const { return value_; }
  // For functions that write a handle; whatever was held is closed first.
  HANDLE* receive() {
    close();
    return &value_;
  }
  // Gives the handle up without closing it.
  HANDLE detach() { return std::exchange(value_, nullptr); }
  void close() {
    if (value_) CloseHandle(value_);
    value_ = nullptr;
  }

 private:
  HANDLE value_ = nullptr;
};

// A key of the registry.
class RegistryKey {
 public:
  RegistryKey() = default;
  RegistryKey(RegistryKey&& other) noexcept : value_(std::exchange(other.value_, nullptr)) {}
  RegistryKey(const RegistryKey&) = delete;
  RegistryKey& operator=(const RegistryKey&) = delete;
  ~RegistryKey() { close(); }

  HKEY get() const { return value_; }
  // For functions that write a key; whatever was held is closed first.
  HKEY* receive() {
    close();
    return &value_;
  }

 private:
  void close() {
    if (value_) RegCloseKey(value_);
    value_ = nullptr;
  }
  HKEY value_ = nullptr;
};

struct LocalFreeDeleter {
  void operator()(void* memory) const { LocalFree(memory); }
};
template <typename T>
using LocalPointer = std::unique_ptr<T, LocalFreeDeleter>;

}  // namespace epm
