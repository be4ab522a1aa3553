// A number that tests change in the file: the exit code of epmexit.exe, and what epmbeside.dll answers to
// epmneighbour.exe, which does not start without the library.
#include <windows.h>

namespace {

// The digits behind the mark. Volatile: the compiler must not know them.
volatile const char code[] = "EPM-EXIT-CODE:007";

int number() {
  constexpr int digits = sizeof(code) - 4;
  return (code[digits] - '0') * 100 + (code[digits + 1] - '0') * 10 + (code[digits + 2] - '0');
}

}  // namespace

#ifdef EPM_BESIDE
// Leaves a file for each process that runs it, with its first instruction, so that tests see whether any was run.
extern "C" BOOL WINAPI DllMain(HINSTANCE, DWORD reason, void*) {
  if (reason != DLL_PROCESS_ATTACH) return TRUE;
  CreateDirectoryW(L"C:\\ProgramData\\epm-loaded", nullptr);
  wchar_t path[] = L"C:\\ProgramData\\epm-loaded\\..........";
  // Written from its last digit. No function of user32: loading that takes a desktop.
  wchar_t* digit = path + sizeof(path) / sizeof(wchar_t) - 1;
  wchar_t* const name = digit - 10;
  DWORD left = GetCurrentProcessId();
  do *--digit = static_cast<wchar_t>(L'0' + left % 10);
  while ((left /= 10) != 0);
  wchar_t* end = name;
  while (*digit != 0) *end++ = *digit++;
  *end = 0;
  const HANDLE file = CreateFileW(path, GENERIC_WRITE, 0, nullptr, CREATE_ALWAYS, 0, nullptr);
  if (file != INVALID_HANDLE_VALUE) CloseHandle(file);
  return TRUE;
}

extern "C" __declspec(dllexport) int epm_beside_code() { return number(); }
#else
int main() { return number(); }
#endif
