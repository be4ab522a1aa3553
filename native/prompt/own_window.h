// A window whose messages an object answers.
#pragma once

#include "windows_headers.h"

namespace epm {

class OwnWindow {
 public:
  OwnWindow(const OwnWindow&) = delete;
  OwnWindow& operator=(const OwnWindow&) = delete;

  HWND window() const { return window_; }

 protected:
  OwnWindow() = default;
  virtual ~OwnWindow() = default;

  // Makes it, without a place or size. Throws Failure.
  void create(const wchar_t* class_name, const wchar_t* title, DWORD style, DWORD extended, HWND parent);
  // A Failure that it throws ends the process: the agent is gone, or cannot be told, and nobody answers what was asked.
  virtual LRESULT handle(UINT message, WPARAM first, LPARAM second) = 0;

 private:
  static LRESULT CALLBACK procedure(HWND window, UINT message, WPARAM first, LPARAM second);

  HWND window_ = nullptr;
};

}  // namespace epm
