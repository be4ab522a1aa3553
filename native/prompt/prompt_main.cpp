// epmprompt.exe: shows one question of the agent, or how a request ended. It knows what the agent sends by its standard input,
// and tells it by its standard output what the person chose; nothing else goes in or out, and it decides nothing.
// It shows text only: no links, no other windows but the credential dialog of Windows, and it starts nothing.
//
// The exit code is an error number of Windows.
#include "failure.h"
#include "hardening.h"
#include "message.h"
#include "texts.h"
#include "window.h"

// After windows.h, which it needs.
#include <objbase.h>

int WINAPI wWinMain(HINSTANCE, HINSTANCE, PWSTR, int) {
  try {
    epm::harden_process(false);
    const HRESULT com = CoInitializeEx(nullptr, COINIT_APARTMENTTHREADED | COINIT_DISABLE_OLE1DDE);
    const HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
    const HANDLE output = GetStdHandle(STD_OUTPUT_HANDLE);
    const epm::PromptMessage question = epm::PromptMessage::read(input);
    std::vector<std::wstring> wanted = question.all(L"language");
    if (wanted.empty()) wanted = epm::user_languages();
    epm::PromptWindow(question, epm::choose_language(wanted), output).run();
    if (SUCCEEDED(com)) CoUninitialize();
  } catch (const epm::Failure& failure) {
    return static_cast<int>(failure.win32);
  } catch (const std::exception&) {
    return ERROR_OUTOFMEMORY;
  }
  return ERROR_SUCCESS;
}
