// epmshelluser.exe: what Explorer does with a command of a context menu, played by a program of the same user: loads the library
// as COM does, and asks and calls its command about the files that are selected.
//
//   epmshelluser LIBRARY state|invoke [PATH …]
//
// A path "fake:PATH" is an item of this program's own, for one that the shell of Wine does not take; "fake-long:" is one that
// leaves no room on a command line. After an invoke it waits for the end of what was started.
//
// Writes {"title":s,"icon":s,"name":s,"flags":n,"state":n,"subcommands":n,"unloads":[before, while held, after]}; with invoke also
// "invoke":HRESULT.
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "failure.h"
#include "handle.h"
#include "json_writer.h"

// After windows.h, which it needs.
#include <shlobj.h>
#include <tlhelp32.h>

namespace {

constexpr ULONGLONG patience = 60000;

// As native/shell/package/AppxManifest.xml has it.
constexpr GUID command_class = {0x3f64196c, 0xcd10, 0x4853, {0xa2, 0xaa, 0xb7, 0x76, 0xbd, 0xdc, 0x44, 0x66}};

void check_result(HRESULT result, const char* step) {
  if (FAILED(result)) epm::fail(step, static_cast<DWORD>(result));
}

template <typename Function>
Function exported(HMODULE library, const char* name) {
  const FARPROC address = GetProcAddress(library, name);
  epm::check(address != nullptr, name);
  Function function = nullptr;
  std::memcpy(&function, &address, sizeof(function));
  return function;
}

std::wstring taken(LPWSTR text) {
  const std::wstring copy = text ? text : L"";
  CoTaskMemFree(text);
  return copy;
}

std::wstring text_of(const GUID& guid) {
  wchar_t text[64];
  return StringFromGUID2(guid, text, 64) > 0 ? text : L"";
}

// An item, and the selection of it alone. It lives as long as the process.
class FakeItem final : public IShellItem {
 public:
  std::wstring path;

  HRESULT STDMETHODCALLTYPE QueryInterface(REFIID, void**) override { return E_NOINTERFACE; }
  ULONG STDMETHODCALLTYPE AddRef() override { return 2; }
  ULONG STDMETHODCALLTYPE Release() override { return 1; }
  HRESULT STDMETHODCALLTYPE BindToHandler(IBindCtx*, REFGUID, REFIID, void**) override { return E_NOTIMPL; }
  HRESULT STDMETHODCALLTYPE GetParent(IShellItem**) override { return E_NOTIMPL; }
  HRESULT STDMETHODCALLTYPE GetDisplayName(SIGDN form, LPWSTR* name) override {
    if (form != SIGDN_FILESYSPATH) return E_INVALIDARG;
    const size_t size = (path.size() + 1) * sizeof(wchar_t);
    *name = static_cast<LPWSTR>(CoTaskMemAlloc(size));
    std::memcpy(*name, path.c_str(), size);
    return S_OK;
  }
  HRESULT STDMETHODCALLTYPE GetAttributes(SFGAOF mask, SFGAOF* attributes) override {
    *attributes = SFGAO_FILESYSTEM & mask;
    return S_FALSE;
  }
  HRESULT STDMETHODCALLTYPE Compare(IShellItem*, SICHINTF, int*) override { return E_NOTIMPL; }
};

class FakeSelection final : public IShellItemArray {
 public:
  FakeItem item;

  HRESULT STDMETHODCALLTYPE QueryInterface(REFIID, void**) override { return E_NOINTERFACE; }
  ULONG STDMETHODCALLTYPE AddRef() override { return 2; }
  ULONG STDMETHODCALLTYPE Release() override { return 1; }
  HRESULT STDMETHODCALLTYPE BindToHandler(IBindCtx*, REFGUID, REFIID, void**) override { return E_NOTIMPL; }
  HRESULT STDMETHODCALLTYPE GetPropertyStore(GETPROPERTYSTOREFLAGS, REFIID, void**) override { return E_NOTIMPL; }
  HRESULT STDMETHODCALLTYPE GetPropertyDescriptionList(REFPROPERTYKEY, REFIID, void**) override { return E_NOTIMPL; }
  HRESULT STDMETHODCALLTYPE GetAttributes(SIATTRIBFLAGS, SFGAOF, SFGAOF*) override { return E_NOTIMPL; }
  HRESULT STDMETHODCALLTYPE GetCount(DWORD* count) override {
    *count = 1;
    return S_OK;
  }
  HRESULT STDMETHODCALLTYPE GetItemAt(DWORD, IShellItem** found) override {
    *found = &item;
    return S_OK;
  }
  HRESULT STDMETHODCALLTYPE EnumItems(IEnumShellItems**) override { return E_NOTIMPL; }
};

IShellItemArray* fake_selection(const std::wstring& path) {
  static FakeSelection selection;
  selection.item.path = path.empty() ? L"C:\\" + std::wstring(32740, L'x') + L".exe" : path;
  return &selection;
}

IShellItemArray* selection(const std::vector<std::wstring>& paths) {
  if (paths.front().rfind(L"fake", 0) == 0) return fake_selection(paths.front().substr(paths.front().find(L':') + 1));
  std::vector<PIDLIST_ABSOLUTE> lists;
  for (const std::wstring& path : paths) {
    PIDLIST_ABSOLUTE list = nullptr;
    check_result(SHParseDisplayName(path.c_str(), nullptr, &list, 0, nullptr), "SHParseDisplayName");
    lists.push_back(list);
  }
  IShellItemArray* items = nullptr;
  check_result(SHCreateShellItemArrayFromIDLists(static_cast<UINT>(lists.size()),
                                                 const_cast<PCIDLIST_ABSOLUTE_ARRAY>(lists.data()), &items),
               "SHCreateShellItemArrayFromIDLists");
  for (const PIDLIST_ABSOLUTE list : lists) CoTaskMemFree(list);
  return items;
}

// What this process started and has not ended.
DWORD child_process() {
  const epm::Handle snapshot(CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0));
  PROCESSENTRY32W entry{};
  entry.dwSize = sizeof(entry);
  epm::check(snapshot && Process32FirstW(snapshot.get(), &entry), "Process32FirstW");
  do {
    if (entry.th32ParentProcessID == GetCurrentProcessId()) return entry.th32ProcessID;
  } while (Process32NextW(snapshot.get(), &entry));
  return 0;
}

void wait_for_children() {
  for (const ULONGLONG end = GetTickCount64() + patience; child_process() != 0; Sleep(20)) {
    if (GetTickCount64() >= end) epm::fail("a child that ends", ERROR_TIMEOUT);
  }
}

void run(const std::wstring& path, bool invokes, const std::vector<std::wstring>& paths) {
  const HMODULE library = LoadLibraryExW(path.c_str(), nullptr, LOAD_WITH_ALTERED_SEARCH_PATH);
  epm::check(library != nullptr, "LoadLibraryExW");
  const auto class_object = exported<HRESULT(WINAPI*)(REFCLSID, REFIID, void**)>(library, "DllGetClassObject");
  const auto can_unload = exported<HRESULT(WINAPI*)()>(library, "DllCanUnloadNow");
  std::vector<HRESULT> unloads{can_unload()};
  void* other = nullptr;
  if (class_object(IID_IUnknown, IID_IClassFactory, &other) != CLASS_E_CLASSNOTAVAILABLE || other)
    epm::fail("another class", ERROR_INVALID_DATA);
  IClassFactory* factory = nullptr;
  check_result(class_object(command_class, IID_IClassFactory, reinterpret_cast<void**>(&factory)), "DllGetClassObject");
  IExplorerCommand* command = nullptr;
  check_result(factory->CreateInstance(nullptr, IID_IExplorerCommand, reinterpret_cast<void**>(&command)),
               "CreateInstance");
  factory->Release();
  unloads.push_back(can_unload());
  IShellItemArray* const items = paths.empty() ? nullptr : selection(paths);
  LPWSTR title = nullptr;
  LPWSTR icon = nullptr;
  LPWSTR tip = nullptr;
  GUID name{};
  EXPCMDFLAGS flags = 0;
  EXPCMDSTATE state = 0;
  IEnumExplorerCommand* commands = nullptr;
  check_result(command->GetTitle(items, &title), "GetTitle");
  check_result(command->GetIcon(items, &icon), "GetIcon");
  if (command->GetToolTip(items, &tip) != E_NOTIMPL || tip) epm::fail("GetToolTip", ERROR_INVALID_DATA);
  check_result(command->GetCanonicalName(&name), "GetCanonicalName");
  check_result(command->GetFlags(&flags), "GetFlags");
  check_result(command->GetState(items, FALSE, &state), "GetState");
  if (command->EnumSubCommands(&commands) != E_NOTIMPL || commands) epm::fail("EnumSubCommands", ERROR_INVALID_DATA);
  HRESULT invoked = S_OK;
  if (invokes) invoked = command->Invoke(items, nullptr);
  if (invokes && SUCCEEDED(invoked)) wait_for_children();
  if (items) items->Release();
  command->Release();
  unloads.push_back(can_unload());
  epm::JsonWriter json;
  json.begin_object();
  json.member("title", taken(title));
  json.member("icon", taken(icon));
  json.member("name", text_of(name));
  json.member("flags", static_cast<uint32_t>(flags));
  json.member("state", static_cast<uint32_t>(state));
  if (invokes) json.member("invoke", static_cast<uint32_t>(invoked));
  json.key("unloads");
  json.begin_array();
  for (const HRESULT each : unloads) json.value(static_cast<uint32_t>(each));
  json.end_array();
  json.end_object();
  const std::string line = json.take() + "\n";
  DWORD written = 0;
  epm::check(
      WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), line.data(), static_cast<DWORD>(line.size()), &written, nullptr),
      "WriteFile");
  epm::check(FreeLibrary(library) != FALSE, "FreeLibrary");
}

}  // namespace

int wmain(int count, wchar_t** values) {
  const HRESULT com = CoInitializeEx(nullptr, COINIT_APARTMENTTHREADED);
  try {
    if (count < 3) epm::fail("arguments", ERROR_INVALID_PARAMETER);
    run(values[1], std::wcscmp(values[2], L"invoke") == 0, {values + 3, values + count});
  } catch (const epm::Failure& failure) {
    std::fprintf(stderr, "%s\n", failure.json().c_str());
    return 1;
  }
  if (SUCCEEDED(com)) CoUninitialize();
  return 0;
}
