// A desktop that only the system and one account can use, in the session of a user. It is gone with the last process on
// it, once it was closed here.
#pragma once

#include <memory>
#include <string>

#include "handle.h"
#include "object_table.h"

namespace epm {

class OwnDesktop {
 public:
  // Starts `holder`, the program that makes the desktop and keeps it, and waits until it is there. `answer` is what it
  // wrote: one line of JSON.
  static std::shared_ptr<OwnDesktop> make(const wchar_t* holder, uint32_t session, const wchar_t* name,
                                          const wchar_t* sddl, std::string& answer);

 private:
  explicit OwnDesktop(Handle job) : job_(std::move(job)) {}

  Handle job_;  // ends the holder when it closes
};

ObjectTable<OwnDesktop>& desktops();

}  // namespace epm
