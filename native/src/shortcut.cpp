#include "shortcut.h"

#include "failure.h"
#include "system_function.h"

// After windows.h, which it needs.
#include <shlobj.h>

namespace epm {

namespace {

// Of a path and of each text (INFOTIPSIZE and MAX_PATH of the shell are shorter).
constexpr int max_text = 4096;

void check_result(HRESULT result, const char* step) {
  if (SUCCEEDED(result)) return;
  // Those of storage below 0x100 are numbers of Windows too, such as STG_E_FILENOTFOUND.
  const bool is_win32 = HRESULT_FACILITY(result) == FACILITY_WIN32 ||
                        (HRESULT_FACILITY(result) == FACILITY_STORAGE && HRESULT_CODE(result) < 0x100);
  fail(step, is_win32 ? static_cast<DWORD>(HRESULT_CODE(result)) : static_cast<DWORD>(result));
}

// COM is loaded here: the agent has no other use for it.
class Com {
 public:
  Com() {
    using Initialize = HRESULT(WINAPI*)(void*, DWORD);
    const auto initialize = system_function<Initialize>(L"ole32.dll", "CoInitializeEx");
    if (!initialize) fail("CoInitializeEx", ERROR_PROC_NOT_FOUND);
    const HRESULT result = initialize(nullptr, COINIT_APARTMENTTHREADED);
    is_ours_ = SUCCEEDED(result);
    // Another part of the process may have chosen the other model; a shortcut takes both.
    if (result != RPC_E_CHANGED_MODE) check_result(result, "CoInitializeEx");
  }
  ~Com() {
    using Uninitialize = void(WINAPI*)();
    const auto uninitialize = system_function<Uninitialize>(L"ole32.dll", "CoUninitialize");
    if (is_ours_ && uninitialize) uninitialize();
  }
  Com(const Com&) = delete;
  Com& operator=(const Com&) = delete;

 private:
  bool is_ours_ = false;
};

template <typename Interface>
class Held {
 public:
  Held() = default;
  ~Held() {
    if (pointer_) pointer_->Release();
  }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

  void** receive() { return reinterpret_cast<void**>(&pointer_); }
  Interface* operator->() const { return pointer_; }

 private:
  Interface* pointer_ = nullptr;
};

struct Link {
  Com com;
  Held<IShellLinkW> link;
  Held<IPersistFile> file;

  Link() {
    using Create = HRESULT(WINAPI*)(REFCLSID, LPUNKNOWN, DWORD, REFIID, void**);
    const auto create = system_function<Create>(L"ole32.dll", "CoCreateInstance");
    if (!create) fail("CoCreateInstance", ERROR_PROC_NOT_FOUND);
    check_result(create(CLSID_ShellLink, nullptr, CLSCTX_INPROC_SERVER, IID_IShellLinkW, link.receive()),
                 "CoCreateInstance");
    check_result(link->QueryInterface(IID_IPersistFile, file.receive()), "IPersistFile");
  }
};

template <typename Get>
std::wstring text_from(Get get, const char* step) {
  std::wstring text(max_text, L'\0');
  check_result(get(text.data(), max_text), step);
  return text.c_str();
}

}  // namespace

void write_shortcut(const std::wstring& file, const Shortcut& shortcut) {
  Link opened;
  IShellLinkW& link = *opened.link.operator->();
  check_result(link.SetPath(shortcut.target.c_str()), "IShellLinkW::SetPath");
  check_result(link.SetArguments(shortcut.arguments.c_str()), "IShellLinkW::SetArguments");
  check_result(link.SetDescription(shortcut.description.c_str()), "IShellLinkW::SetDescription");
  check_result(link.SetWorkingDirectory(shortcut.folder.c_str()), "IShellLinkW::SetWorkingDirectory");
  check_result(link.SetIconLocation(shortcut.icon.c_str(), 0), "IShellLinkW::SetIconLocation");
  check_result(opened.file->Save(file.c_str(), TRUE), "IPersistFile::Save");
}

Shortcut read_shortcut(const std::wstring& file) {
  Link opened;
  IShellLinkW& link = *opened.link.operator->();
  check_result(opened.file->Load(file.c_str(), STGM_READ), "IPersistFile::Load");
  Shortcut shortcut;
  shortcut.target = text_from([&](wchar_t* text, int size) { return link.GetPath(text, size, nullptr, SLGP_RAWPATH); },
                              "IShellLinkW::GetPath");
  shortcut.arguments =
      text_from([&](wchar_t* text, int size) { return link.GetArguments(text, size); }, "IShellLinkW::GetArguments");
  shortcut.description = text_from([&](wchar_t* text, int size) { return link.GetDescription(text, size); },
                                   "IShellLinkW::GetDescription");
  shortcut.folder = text_from([&](wchar_t* text, int size) { return link.GetWorkingDirectory(text, size); },
                              "IShellLinkW::GetWorkingDirectory");
  int index = 0;
  shortcut.icon = text_from([&](wchar_t* text, int size) { return link.GetIconLocation(text, size, &index); },
                            "IShellLinkW::GetIconLocation");
  return shortcut;
}

}  // namespace epm
