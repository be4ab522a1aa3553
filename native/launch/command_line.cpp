#include "command_line.h"

#include "failure.h"
#include "handle.h"
#include "system_function.h"

namespace epm {

namespace {

// Beginnings of an unquoted command line that are tried; a longer one has no sensible program in front.
constexpr size_t max_candidates = 64;

constexpr std::wstring_view image_switch = L"--image \"";
constexpr std::wstring_view elevate_switch = L"--elevate";

std::wstring_view without_blanks(std::wstring_view text) {
  const size_t start = text.find_first_not_of(L" \t");
  return start == std::wstring_view::npos ? std::wstring_view() : text.substr(start);
}

std::wstring_view without_program(std::wstring_view text) {
  const bool quoted = !text.empty() && text.front() == L'"';
  const size_t end = quoted ? text.find(L'"', 1) : text.find_first_of(L" \t");
  return end == std::wstring_view::npos ? std::wstring_view() : text.substr(end + (quoted ? 1 : 0));
}

bool takes(std::wstring_view& text, std::wstring_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) return false;
  text.remove_prefix(prefix.size());
  return true;
}

}  // namespace

LauncherCommand read_launcher_command(std::wstring_view command_line) {
  LauncherCommand command;
  std::wstring_view text = without_blanks(without_program(command_line));
  if (takes(text, image_switch)) {
    const size_t end = text.find(L'"');
    if (end == 0 || end == std::wstring_view::npos) return command;
    command.image = text.substr(0, end);
    text.remove_prefix(end + 1);
    // Windows puts one blank between the option and the command line.
    if (!takes(text, L" ") || text.empty()) return command;
    command.kind = LauncherCommand::Kind::launch;
    command.rest = text;
  } else if (takes(text, elevate_switch) && (text.empty() || text.front() == L' ')) {
    command.kind = LauncherCommand::Kind::elevate;
    command.rest = without_blanks(text);
  }
  return command;
}

std::vector<std::wstring> program_candidates(std::wstring_view command_line) {
  const std::wstring_view text = without_blanks(command_line);
  if (!text.empty() && text.front() == L'"') {
    const size_t end = text.find(L'"', 1);
    return {std::wstring(text.substr(1, end == std::wstring_view::npos ? end : end - 1))};
  }
  std::vector<std::wstring> found;
  for (size_t end = 0; end != std::wstring_view::npos && found.size() < max_candidates;) {
    end = text.find_first_of(L" \t", end + 1);
    if (end != std::wstring_view::npos && (text[end - 1] == L' ' || text[end - 1] == L'\t')) continue;
    if (!text.substr(0, end).empty()) found.emplace_back(text.substr(0, end));
  }
  return found;
}

std::vector<std::wstring> argument_vector(const std::wstring& command_line) {
  // Known to Windows from its start, and not needed where nothing is asked: loaded here.
  using Split = LPWSTR*(WINAPI*)(LPCWSTR, int*);
  static const Split split = system_function<Split>(L"shell32.dll", "CommandLineToArgvW");
  if (!split) fail("CommandLineToArgvW", ERROR_PROC_NOT_FOUND);
  int count = 0;
  const LocalPointer<LPWSTR> values(split(command_line.c_str(), &count));
  check(values != nullptr, "CommandLineToArgvW");
  std::vector<std::wstring> found;
  for (int index = 1; index < count; index += 1) found.emplace_back(values.get()[index]);
  return found;
}

std::vector<std::wstring> split_arguments(const std::wstring& text) { return argument_vector(L"x " + text); }

}  // namespace epm
