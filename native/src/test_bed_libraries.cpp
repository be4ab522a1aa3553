#include "test_bed_libraries.h"

#include <string>

namespace epm {

namespace {

constexpr wchar_t below[] = L"\\\\?\\Z:\\usr\\lib\\";
constexpr wchar_t native64[] = L"\\wine\\x86_64-windows\\";
constexpr wchar_t native32[] = L"\\wine\\i386-windows\\";

// The name behind a folder of Wine; empty: the path leads through none.
std::wstring name_behind(const std::wstring& path, const wchar_t* folder) {
  const size_t at = path.find(folder);
  if (at == std::wstring::npos) return {};
  const std::wstring name = path.substr(at + std::wcslen(folder));
  return name.find(L'\\') == std::wstring::npos ? name : std::wstring();
}

std::wstring in_system_folder(const std::wstring& path) {
  if (path.compare(0, std::wcslen(below), below) != 0) return {};
  if (const auto name = name_behind(path, native64); !name.empty()) return L"C:\\windows\\system32\\" + name;
  if (const auto name = name_behind(path, native32); !name.empty()) return L"C:\\windows\\syswow64\\" + name;
  return {};
}

}  // namespace

Handle as_windows_maps_it(Handle library) {
  std::wstring path(1024, L'\0');
  const auto capacity = static_cast<DWORD>(path.size());
  const DWORD length = GetFinalPathNameByHandleW(library.get(), path.data(), capacity, VOLUME_NAME_DOS);
  if (length == 0 || length >= capacity) return library;
  path.resize(length);
  const std::wstring other = in_system_folder(path);
  if (other.empty()) return library;
  Handle file(CreateFileW(other.c_str(), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                          OPEN_EXISTING, 0, nullptr));
  return file ? std::move(file) : std::move(library);
}

}  // namespace epm
