// A desktop that only the system and one account can use, in the session of a user. It is gone with the last process on
// it, once it was closed here.
#pragma once

#include <memory>
#include <string>

#include "handle.h"
#include "object_table.h"

namespace epm {

struct DesktopOrder {
  const wchar_t* holder;  // path of epmdesktop.exe
  uint32_t session;
  const wchar_t* name;
  const wchar_t* sddl;
  uint32_t shown_seconds;  // for which it may be before the person; 0: never
};

class OwnDesktop {
 public:
  // Starts the program that makes the desktop and keeps it, and waits until it is there. `answer` is what it wrote: one
  // line of JSON.
  static std::shared_ptr<OwnDesktop> make(const DesktopOrder& order, std::string& answer);
  ~OwnDesktop();
  OwnDesktop(const OwnDesktop&) = delete;
  OwnDesktop& operator=(const OwnDesktop&) = delete;

  // Puts it before the person. Throws Failure: then it is not.
  void show();
  // False once its time was over, another desktop was put before the person, or the holder was ended.
  bool is_held() const;

 private:
  OwnDesktop(const DesktopOrder& order, Handle token)
      : holder_(order.holder), name_(order.name), token_(std::move(token)) {}

  const std::wstring holder_;
  const std::wstring name_;
  Handle token_;  // of the holder
  Handle job_;    // where nobody sees the desktop, ends the holder when it closes
  Handle process_;
  Handle input_;  // of a holder that may show it; closing it takes the desktop away
  Handle output_;
};

ObjectTable<OwnDesktop>& desktops();

}  // namespace epm
