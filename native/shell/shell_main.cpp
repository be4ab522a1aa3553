// epmshell.dll: a COM library in the processes of the shell, which belong to the person. It decides nothing: it starts
// epmlaunch.exe, which lies beside it, for the one file that is selected. Windows finds it by the package in
// native/shell/package, and by nothing else.
#include <atomic>

#include "explorer_command.h"

namespace {

HMODULE this_module = nullptr;
std::atomic<long> locks{0};

class Factory final : public IClassFactory {
 public:
  // The one that there is lives as long as the library.
  HRESULT STDMETHODCALLTYPE QueryInterface(REFIID interface_id, void** object) override {
    if (!object) return E_POINTER;
    const bool is_known = IsEqualIID(interface_id, IID_IUnknown) || IsEqualIID(interface_id, IID_IClassFactory);
    *object = is_known ? static_cast<IClassFactory*>(this) : nullptr;
    if (!is_known) return E_NOINTERFACE;
    AddRef();
    return S_OK;
  }
  ULONG STDMETHODCALLTYPE AddRef() override { return static_cast<ULONG>(++locks); }
  ULONG STDMETHODCALLTYPE Release() override { return static_cast<ULONG>(--locks); }

  HRESULT STDMETHODCALLTYPE CreateInstance(IUnknown* outer, REFIID interface_id, void** object) override {
    if (!object) return E_POINTER;
    *object = nullptr;
    if (outer) return CLASS_E_NOAGGREGATION;
    return epm::create_explorer_command(this_module, interface_id, object);
  }
  HRESULT STDMETHODCALLTYPE LockServer(BOOL lock) override {
    locks += lock ? 1 : -1;
    return S_OK;
  }
};

Factory factory;

}  // namespace

STDAPI DllGetClassObject(REFCLSID class_id, REFIID interface_id, void** object) {
  if (!object) return E_POINTER;
  *object = nullptr;
  if (!IsEqualCLSID(class_id, epm::explorer_command_class)) return CLASS_E_CLASSNOTAVAILABLE;
  return factory.QueryInterface(interface_id, object);
}

STDAPI DllCanUnloadNow() { return locks == 0 && epm::live_objects() == 0 ? S_OK : S_FALSE; }

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, void*) {
  if (reason == DLL_PROCESS_ATTACH) {
    this_module = instance;
    DisableThreadLibraryCalls(instance);
  }
  return TRUE;
}
