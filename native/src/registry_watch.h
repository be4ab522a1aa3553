// Watches one registry key and everything below it, also while the key does not exist.
#pragma once

#include <memory>
#include <string>

#include "object_table.h"
#include "thread.h"

namespace epm {

class RegistryWatch {
 public:
  // Starts watching; every change puts {"kind":"registry","watch":id} into the event queue, once per burst.
  static uint32_t start(uint32_t root, const wchar_t* key);
  void stop();

 private:
  RegistryWatch(HKEY root, std::wstring key);
  void run(uint32_t id);

  HKEY root_;
  std::wstring key_;
  Handle stop_;
  Handle thread_;
};

ObjectTable<RegistryWatch>& registry_watches();

}  // namespace epm
