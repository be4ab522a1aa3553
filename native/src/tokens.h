// The tokens of isolated accounts that callers of this library hold.
#pragma once

#include "handle.h"
#include "object_table.h"

namespace epm {

inline ObjectTable<Handle>& tokens() {
  static auto* const table = new ObjectTable<Handle>;
  return *table;
}

}  // namespace epm
