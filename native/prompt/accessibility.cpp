#include "accessibility.h"

// After windows.h, which they need.
#include <initguid.h>
#include <oleacc.h>

namespace epm {

namespace {

// LiveSetting_Property_GUID and LiveSetting of UIAutomationCoreApi.h.
const GUID live_setting = {0xc12bcd8e, 0x2a8e, 0x4950, {0x8a, 0xe7, 0x36, 0x25, 0x11, 0x1d, 0x58, 0xeb}};
constexpr LONG polite = 1;
constexpr LONG assertive = 2;
// EVENT_OBJECT_LIVEREGIONCHANGED (winuser.h).
constexpr DWORD live_region_changed = 0x8019;

}  // namespace

void speak_changes(HWND window, bool at_once) {
  IAccPropServices* services = nullptr;
  if (FAILED(CoCreateInstance(CLSID_AccPropServices, nullptr, CLSCTX_INPROC_SERVER, IID_IAccPropServices,
                              reinterpret_cast<void**>(&services)))) {
    return;
  }
  VARIANT value{};
  value.vt = VT_I4;
  value.lVal = at_once ? assertive : polite;
  services->SetHwndProp(window, static_cast<DWORD>(OBJID_CLIENT), CHILDID_SELF, live_setting, value);
  services->Release();
}

void tell_change(HWND window) { NotifyWinEvent(live_region_changed, window, OBJID_CLIENT, CHILDID_SELF); }

}  // namespace epm
