#include "own_window.h"

#include "failure.h"

namespace epm {

void OwnWindow::create(const wchar_t* class_name, const wchar_t* title, DWORD style, DWORD extended, HWND parent) {
  WNDCLASSW type{};
  type.lpfnWndProc = procedure;
  type.hInstance = GetModuleHandleW(nullptr);
  type.hCursor = LoadCursorW(nullptr, IDC_ARROW);
  type.lpszClassName = class_name;
  RegisterClassW(&type);
  CreateWindowExW(extended, class_name, title, style, 0, 0, 0, 0, parent, nullptr, type.hInstance, this);
  check(window_ != nullptr, "CreateWindowExW");
}

LRESULT CALLBACK OwnWindow::procedure(HWND window, UINT message, WPARAM first, LPARAM second) {
  if (message == WM_NCCREATE) {
    auto* const self = static_cast<OwnWindow*>(reinterpret_cast<const CREATESTRUCTW*>(second)->lpCreateParams);
    self->window_ = window;
    SetWindowLongPtrW(window, GWLP_USERDATA, reinterpret_cast<LONG_PTR>(self));
  }
  auto* const self = reinterpret_cast<OwnWindow*>(GetWindowLongPtrW(window, GWLP_USERDATA));
  if (!self) return DefWindowProcW(window, message, first, second);
  try {
    return self->handle(message, first, second);
  } catch (const Failure& failure) {
    ExitProcess(failure.win32);
  }
}

}  // namespace epm
