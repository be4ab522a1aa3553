#include "explorer_command.h"

#include <atomic>
#include <cstddef>
#include <new>

namespace epm {

namespace {

constexpr wchar_t title[] = L"Run with elevated access";
constexpr wchar_t launcher_name[] = L"epmlaunch.exe";
constexpr wchar_t icon_name[] = L"epm.exe,0";
// What may be elevated; the verb of the classic menu has the same (src/windows/shell/shell-verb.ts).
constexpr const wchar_t* extensions[] = {L".exe", L".msi", L".ps1"};
// Characters of the longest path, and of the longest command line of CreateProcessW, their ends included.
constexpr size_t max_path = 32767;

std::atomic<long> objects{0};

// A text of limited length that says when something had no place in it. Nothing here throws: it runs in the processes of the
// shell.
class Text {
 public:
  Text() : data_(static_cast<wchar_t*>(CoTaskMemAlloc(max_path * sizeof(wchar_t)))) {
    if (data_) data_[0] = L'\0';
  }
  ~Text() { CoTaskMemFree(data_); }
  Text(const Text&) = delete;
  Text& operator=(const Text&) = delete;

  bool is_good() const { return data_ && !is_cut_; }
  wchar_t* get() { return data_; }
  void add(const wchar_t* text) {
    for (; data_ && *text; text += 1) {
      if (length_ + 1 == max_path) {
        is_cut_ = true;
        return;
      }
      data_[length_++] = *text;
      data_[length_] = L'\0';
    }
  }
  // For whoever frees it with CoTaskMemFree.
  HRESULT give(LPWSTR* text) {
    if (!is_good()) return E_OUTOFMEMORY;
    *text = data_;
    data_ = nullptr;
    return S_OK;
  }
  // The folder of the library with its backslash.
  void add_folder_of(HMODULE module) {
    if (!data_) return;
    const DWORD length = GetModuleFileNameW(module, data_, static_cast<DWORD>(max_path));
    is_cut_ = length == 0 || length >= max_path;
    length_ = is_cut_ ? 0 : length;
    while (length_ > 0 && data_[length_ - 1] != L'\\') length_ -= 1;
    data_[length_] = L'\0';
    if (length_ == 0) is_cut_ = true;
  }

 private:
  wchar_t* data_;
  size_t length_ = 0;
  bool is_cut_ = false;
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

  Interface** receive() { return &pointer_; }
  Interface* operator->() const { return pointer_; }

 private:
  Interface* pointer_ = nullptr;
};

bool has_extension(const wchar_t* path) {
  const wchar_t* extension = nullptr;
  for (const wchar_t* at = path; *at; at += 1) {
    if (*at == L'.') extension = at;
    if (*at == L'\\') extension = nullptr;
  }
  if (!extension) return false;
  for (const wchar_t* each : extensions) {
    if (CompareStringOrdinal(extension, -1, each, -1, TRUE) == CSTR_EQUAL) return true;
  }
  return false;
}

// The one file that is selected. path: to be freed; null: there is none, or none that may be elevated.
HRESULT selected_file(IShellItemArray* items, LPWSTR* path) {
  *path = nullptr;
  DWORD count = 0;
  if (!items || FAILED(items->GetCount(&count)) || count != 1) return S_FALSE;
  Held<IShellItem> item;
  HRESULT result = items->GetItemAt(0, item.receive());
  if (FAILED(result)) return result;
  SFGAOF attributes = 0;
  // S_FALSE: not all of them are set.
  result = item->GetAttributes(SFGAO_FILESYSTEM | SFGAO_FOLDER, &attributes);
  if (FAILED(result)) return result;
  if ((attributes & SFGAO_FILESYSTEM) == 0 || (attributes & SFGAO_FOLDER) != 0) return S_FALSE;
  result = item->GetDisplayName(SIGDN_FILESYSPATH, path);
  if (FAILED(result)) return result;
  if (has_extension(*path)) return S_OK;
  CoTaskMemFree(*path);
  *path = nullptr;
  return S_FALSE;
}

// As the verb of the classic menu: "<launcher>" --elevate "<path>". No file name has a quotation mark, and none ends with a
// backslash.
HRESULT start_launcher(HMODULE module, const wchar_t* path) {
  Text folder;
  folder.add_folder_of(module);
  Text launcher;
  if (!folder.is_good()) return E_OUTOFMEMORY;
  launcher.add(folder.get());
  launcher.add(launcher_name);
  Text command_line;
  if (!launcher.is_good()) return E_OUTOFMEMORY;
  command_line.add(L"\"");
  command_line.add(launcher.get());
  command_line.add(L"\" --elevate \"");
  command_line.add(path);
  command_line.add(L"\"");
  if (!command_line.is_good()) return HRESULT_FROM_WIN32(ERROR_FILENAME_EXCED_RANGE);
  STARTUPINFOW startup{};
  startup.cb = sizeof(startup);
  PROCESS_INFORMATION information{};
  // Without a console, which would be shown for a moment; in a folder where users cannot put anything.
  if (!CreateProcessW(launcher.get(), command_line.get(), nullptr, nullptr, FALSE, DETACHED_PROCESS, nullptr,
                      folder.get(), &startup, &information))
    return HRESULT_FROM_WIN32(GetLastError());
  // Whoever clicked expects a window in front.
  AllowSetForegroundWindow(information.dwProcessId);
  CloseHandle(information.hThread);
  CloseHandle(information.hProcess);
  return S_OK;
}

class ExplorerCommand final : public IExplorerCommand {
 public:
  explicit ExplorerCommand(HMODULE module) : module_(module) { objects += 1; }

  // IUnknown
  HRESULT STDMETHODCALLTYPE QueryInterface(REFIID interface_id, void** object) override {
    if (!object) return E_POINTER;
    const bool is_known = IsEqualIID(interface_id, IID_IUnknown) || IsEqualIID(interface_id, IID_IExplorerCommand);
    *object = is_known ? static_cast<IExplorerCommand*>(this) : nullptr;
    if (!is_known) return E_NOINTERFACE;
    AddRef();
    return S_OK;
  }
  ULONG STDMETHODCALLTYPE AddRef() override { return static_cast<ULONG>(++references_); }
  ULONG STDMETHODCALLTYPE Release() override {
    const long left = --references_;
    if (left == 0) {
      this->~ExplorerCommand();
      CoTaskMemFree(this);
    }
    return static_cast<ULONG>(left);
  }

  // IExplorerCommand
  HRESULT STDMETHODCALLTYPE GetTitle(IShellItemArray*, LPWSTR* name) override {
    if (!name) return E_POINTER;
    *name = nullptr;
    Text text;
    text.add(title);
    return text.give(name);
  }
  HRESULT STDMETHODCALLTYPE GetIcon(IShellItemArray*, LPWSTR* icon) override {
    if (!icon) return E_POINTER;
    *icon = nullptr;
    Text text;
    text.add_folder_of(module_);
    text.add(icon_name);
    return text.give(icon);
  }
  HRESULT STDMETHODCALLTYPE GetToolTip(IShellItemArray*, LPWSTR* text) override {
    if (text) *text = nullptr;
    return E_NOTIMPL;
  }
  HRESULT STDMETHODCALLTYPE GetCanonicalName(GUID* name) override {
    if (!name) return E_POINTER;
    *name = explorer_command_class;
    return S_OK;
  }
  HRESULT STDMETHODCALLTYPE GetState(IShellItemArray* items, BOOL, EXPCMDSTATE* state) override {
    if (!state) return E_POINTER;
    LPWSTR path = nullptr;
    *state = selected_file(items, &path) == S_OK ? ECS_ENABLED : ECS_HIDDEN;
    CoTaskMemFree(path);
    return S_OK;
  }
  HRESULT STDMETHODCALLTYPE Invoke(IShellItemArray* items, IBindCtx*) override {
    LPWSTR path = nullptr;
    const HRESULT selected = selected_file(items, &path);
    // The selection may have changed since the menu was shown.
    if (selected != S_OK) return FAILED(selected) ? selected : E_INVALIDARG;
    const HRESULT result = start_launcher(module_, path);
    CoTaskMemFree(path);
    return result;
  }
  HRESULT STDMETHODCALLTYPE GetFlags(EXPCMDFLAGS* flags) override {
    if (!flags) return E_POINTER;
    *flags = ECF_DEFAULT;
    return S_OK;
  }
  HRESULT STDMETHODCALLTYPE EnumSubCommands(IEnumExplorerCommand** commands) override {
    if (commands) *commands = nullptr;
    return E_NOTIMPL;
  }

 private:
  ~ExplorerCommand() { objects -= 1; }

  const HMODULE module_;
  std::atomic<long> references_{1};
};

}  // namespace

HRESULT create_explorer_command(HMODULE module, REFIID interface_id, void** object) {
  // The memory of COM: that of the language would bring its exceptions.
  void* const memory = CoTaskMemAlloc(sizeof(ExplorerCommand));
  if (!memory) return E_OUTOFMEMORY;
  auto* const command = new (memory) ExplorerCommand(module);
  const HRESULT result = command->QueryInterface(interface_id, object);
  command->Release();
  return result;
}

long live_objects() { return objects; }

}  // namespace epm
