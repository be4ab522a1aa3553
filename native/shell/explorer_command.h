// The entry "Run with elevated access" of the first context menu of Windows 11.
#pragma once

#include "windows_headers.h"

// After windows.h, which it needs.
#include <shobjidl.h>

namespace epm {

// The class that native/shell/package/AppxManifest.xml names.
// {3F64196C-CD10-4853-A2AA-B776BDDC4466}
constexpr GUID explorer_command_class = {0x3f64196c, 0xcd10, 0x4853, {0xa2, 0xaa, 0xb7, 0x76, 0xbd, 0xdc, 0x44, 0x66}};

// module: this library, whose folder has the launcher.
HRESULT create_explorer_command(HMODULE module, REFIID interface_id, void** object);

// Objects that somebody holds.
long live_objects();

}  // namespace epm
