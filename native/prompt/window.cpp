#include "window.h"

// After windows.h, which they need.
#include <shellapi.h>
#include <wtsapi32.h>

#include <algorithm>
#include <cstdio>

#include "accessibility.h"
#include "credential_prompt.h"
#include "failure.h"
#include "seal.h"
#include "system_function.h"

namespace epm {

namespace {

constexpr wchar_t class_name[] = L"EpmPrompt";
constexpr UINT_PTR clock_timer = 1;
constexpr UINT_PTR arm_timer = 2;
// Whoever is typing when the window comes up does not say yes by it.
constexpr UINT arm_ms = 700;
constexpr UINT look_ms = 50;
constexpr size_t max_reason = 256;  // code points, as src/requests/justification.ts
constexpr int client_width = 500;
constexpr int wide_client_width = 680;
constexpr int side_margin = 20;
constexpr int button_height = 34;
constexpr int button_gap = 8;
constexpr int time_height = 26;
constexpr int footer_margin = 16;
// Between a quiet window and the edges of the screen.
constexpr int corner_margin = 12;
constexpr UINT flashes = 3;
// DWMWA_USE_IMMERSIVE_DARK_MODE (dwmapi.h of Windows 11).
constexpr DWORD immersive_dark_mode = 20;

std::wstring time_text(ULONGLONG seconds) {
  wchar_t text[32];
  std::swprintf(text, 32, L"%u:%02u", static_cast<unsigned>(seconds / 60), static_cast<unsigned>(seconds % 60));
  return text;
}

std::wstring window_text(HWND window) {
  std::wstring text(static_cast<size_t>(GetWindowTextLengthW(window)) + 1, L'\0');
  text.resize(static_cast<size_t>(GetWindowTextW(window, text.data(), static_cast<int>(text.size()))));
  return text;
}

std::wstring normal_form(const std::wstring& text) {
  if (text.empty()) return text;
  const int room = NormalizeString(NormalizationC, text.data(), static_cast<int>(text.size()), nullptr, 0);
  std::wstring normal(static_cast<size_t>(std::max(room, 1)), L'\0');
  const int length = NormalizeString(NormalizationC, text.data(), static_cast<int>(text.size()), normal.data(),
                                     static_cast<int>(normal.size()));
  if (length <= 0) return text;
  normal.resize(static_cast<size_t>(length));
  return normal;
}

// Whether a message may come now: not over a presentation or a program that fills the screen, nor where nobody is (Microsoft
// Learn, QUERY_USER_NOTIFICATION_STATE). It may in the first hour of a new person, who has asked for it.
bool may_disturb() {
  using QueryFunction = HRESULT(WINAPI*)(QUERY_USER_NOTIFICATION_STATE * state);
  const auto query = system_function<QueryFunction>(L"shell32.dll", "SHQueryUserNotificationState");
  QUERY_USER_NOTIFICATION_STATE state{};
  if (!query || FAILED(query(&state))) return true;
  return state == QUNS_ACCEPTS_NOTIFICATIONS || state == QUNS_QUIET_TIME;
}

// Whether what is typed goes to the desktop of this window; true where the system does not tell (Wine).
bool has_input_desktop() {
  BOOL input = TRUE;
  DWORD size = 0;
  const HDESK desktop = GetThreadDesktop(GetCurrentThreadId());
  return !GetUserObjectInformationW(desktop, UOI_IO, &input, sizeof(input), &size) || input;
}

HWND make_button(HWND parent, const std::wstring& text, int id) {
  const HWND made =
      CreateWindowExW(0, L"BUTTON", text.c_str(), WS_CHILD | WS_VISIBLE | WS_TABSTOP | BS_OWNERDRAW | BS_NOTIFY, 0, 0,
                      0, 0, parent, reinterpret_cast<HMENU>(static_cast<INT_PTR>(id)), nullptr, nullptr);
  check(made != nullptr, "CreateWindowExW");
  return made;
}

}  // namespace

PromptWindow::PromptWindow(const PromptMessage& question, const Language& language, HANDLE answers)
    : question_(question),
      language_(language),
      answers_(answers),
      view_(make_view(question, language)),
      is_secure_(question.has(L"secure", L"1")),
      is_quiet_(question.has(L"quiet", L"1")),
      is_seen_(!is_secure_) {}

PromptWindow::~PromptWindow() {
  if (!window()) return;
  WTSUnRegisterSessionNotification(window());
  DestroyWindow(window());
}

void PromptWindow::run() {
  if (is_quiet_ && !may_disturb()) return answer(L"busy");
  make();
  if (is_quiet_) {
    show_quietly();
  } else {
    show();
  }
  PromptMessage shown;
  shown.add(L"event", L"shown");
  shown.write(answers_);
  speak_changes(time_, false);
  if (pane_->count()) speak_changes(pane_->count(), true);
  MSG message{};
  while (!answered_ && GetMessageW(&message, nullptr, 0, 0) > 0) {
    if (is_own_key(message) || IsDialogMessageW(window(), &message)) continue;
    TranslateMessage(&message);
    DispatchMessageW(&message);
  }
}

void PromptWindow::make() {
  const DWORD extended = WS_EX_TOPMOST | WS_EX_APPWINDOW | WS_EX_CONTROLPARENT | WS_EX_DLGMODALFRAME |
                         (language_.right_to_left ? WS_EX_LAYOUTRTL : 0);
  create(class_name, text_of(language_, Text::title).c_str(), WS_POPUP | WS_CAPTION | WS_SYSMENU | WS_CLIPCHILDREN,
         extended, nullptr);
  pane_ = std::make_unique<Pane>(window(), view_, language_);
  time_ = CreateWindowExW(0, L"STATIC", L"", WS_CHILD | WS_VISIBLE | SS_LEFT | SS_NOPREFIX | SS_CENTERIMAGE, 0, 0, 0, 0,
                          window(), nullptr, nullptr, nullptr);
  SetWindowLongPtrW(time_, GWLP_USERDATA, static_cast<LONG_PTR>(Look::count));
  if (!view_.yes.empty()) yes_ = make_button(window(), view_.yes, IDOK);
  no_ = make_button(window(), view_.no, IDCANCEL);
  if (yes_) EnableWindow(yes_, FALSE);
  deadline_ = GetTickCount64() + view_.seconds * 1000ULL;
  show_time();
  if (pane_->reason()) reason_changed();
  set_looks();
  lay_out(true);
  // Without it a lock is told by the agent alone.
  WTSRegisterSessionNotification(window(), NOTIFY_FOR_THIS_SESSION);
  SetTimer(window(), clock_timer, 1000, nullptr);
  SetTimer(window(), arm_timer, is_seen_ ? arm_ms : look_ms, nullptr);
}

void PromptWindow::show() {
  ShowWindow(window(), SW_SHOWNORMAL);
  UpdateWindow(window());
  // Windows lets a program that the agent started do so only where the one that asked allowed it.
  if (!SetForegroundWindow(window())) FlashWindow(window(), TRUE);
  set_focus();
  // What is asked comes before the field for the answer, however far down that is.
  pane_->scroll_to_top();
}

// What the person types goes on where it went. The taskbar shows that there is something, and a screen reader says it; the
// keys that change windows lead here.
void PromptWindow::show_quietly() {
  ShowWindow(window(), SW_SHOWNOACTIVATE);
  UpdateWindow(window());
  FLASHWINFO flash{sizeof(flash), window(), FLASHW_TRAY, flashes, 0};
  FlashWindowEx(&flash);
  shown_at_ = GetTickCount();
  speak_changes(pane_->heading(), false);
  tell_change(pane_->heading());
}

void PromptWindow::set_focus() { SetFocus(pane_->reason() ? pane_->reason() : no_); }

void PromptWindow::set_looks() {
  const Looks looks = Looks::current(question_);
  theme_ = Theme::current(looks);
  dpi_ = static_cast<int>(GetDpiForWindow(window()));
  scale_ = MulDiv(dpi_, looks.text_percent, 100);
  const wchar_t* const face =
      CompareStringOrdinal(language_.tag, -1, L"ja", -1, TRUE) == CSTR_EQUAL ? L"Yu Gothic UI" : L"Segoe UI";
  fonts_.text = Font(face, px(14), FW_NORMAL);
  fonts_.strong = Font(face, px(14), FW_SEMIBOLD);
  fonts_.heading = Font(face, px(20), FW_SEMIBOLD);
  pane_->set_looks(&theme_, &fonts_, scale_);
  for (const HWND control : {yes_, no_, time_}) {
    if (control) SendMessageW(control, WM_SETFONT, reinterpret_cast<WPARAM>(fonts_.text.get()), 0);
  }
  using SetAttribute = HRESULT(WINAPI*)(HWND window, DWORD attribute, const void* value, DWORD size);
  const BOOL dark = theme_.dark;
  if (const auto set = system_function<SetAttribute>(L"dwmapi.dll", "DwmSetWindowAttribute")) {
    set(window(), immersive_dark_mode, &dark, sizeof(dark));
  }
}

HMONITOR PromptWindow::monitor(bool move) const {
  if (!move) return MonitorFromWindow(window(), MONITOR_DEFAULTTONEAREST);
  POINT cursor{};
  // Messages are where the taskbar is, as those of Windows.
  if (!is_quiet_) GetCursorPos(&cursor);
  return MonitorFromPoint(cursor, MONITOR_DEFAULTTOPRIMARY);
}

POINT PromptWindow::place_in(const RECT& work, int width, int height) const {
  if (!is_quiet_) {
    return {work.left + (work.right - work.left - width) / 2, work.top + (work.bottom - work.top - height) / 2};
  }
  const int margin = px(corner_margin);
  const LONG left = work.left + margin;
  const LONG right = std::max(work.left, work.right - width - margin);
  return {language_.right_to_left ? left : right, std::max(work.top, work.bottom - height - margin)};
}

void PromptWindow::lay_out(bool move) {
  MONITORINFO monitor{sizeof(monitor), {}, {}, 0};
  GetMonitorInfoW(this->monitor(move), &monitor);
  const RECT& work = monitor.rcWork;
  RECT border{};
  AdjustWindowRectExForDpi(&border, static_cast<DWORD>(GetWindowLongPtrW(window(), GWL_STYLE)), FALSE,
                           static_cast<DWORD>(GetWindowLongPtrW(window(), GWL_EXSTYLE)), static_cast<UINT>(dpi_));
  const int room_width = static_cast<int>(work.right - work.left - (border.right - border.left));
  const int room_height = static_cast<int>(work.bottom - work.top - (border.bottom - border.top));
  int width = std::min(px(client_width), room_width);
  int content = pane_->lay_out(width);
  // Longer lines are better than lines out of sight.
  if (content + footer_height(width) > room_height) {
    width = std::min(px(wide_client_width), room_width);
    content = pane_->lay_out(width);
  }
  const int footer = footer_height(width);
  const int shown = std::min(content, std::max(px(40), room_height - footer));
  if (shown < content) content = pane_->lay_out(width - GetSystemMetricsForDpi(SM_CXVSCROLL, static_cast<UINT>(dpi_)));
  footer_top_ = shown;
  const int outer_width = width + static_cast<int>(border.right - border.left);
  const int outer_height = shown + footer + static_cast<int>(border.bottom - border.top);
  const POINT place = place_in(work, outer_width, outer_height);
  SetWindowPos(window(), HWND_TOPMOST, place.x, place.y, outer_width, outer_height,
               SWP_NOACTIVATE | (move ? 0U : SWP_NOMOVE));
  pane_->place(0, 0, width, shown);
  place_footer(width, shown);
  InvalidateRect(window(), nullptr, TRUE);
}

int PromptWindow::text_width(const std::wstring& text) const {
  const HDC context = GetDC(window());
  const HGDIOBJ before = SelectObject(context, fonts_.text.get());
  RECT place{};
  DrawTextW(context, text.c_str(), -1, &place, DT_SINGLELINE | DT_CALCRECT);
  SelectObject(context, before);
  ReleaseDC(window(), context);
  return static_cast<int>(place.right);
}

int PromptWindow::button_width(HWND button, int width) const {
  const int half = (width - px(2 * side_margin + button_gap)) / 2;
  return std::min(std::max(px(104), text_width(window_text(button)) + px(36)), half);
}

// Whether the time has room on the left of the buttons; else it is above them.
bool PromptWindow::is_time_beside(int width) const {
  int room = width - px(2 * side_margin);
  for (const HWND button : {no_, yes_}) {
    if (button) room -= button_width(button, width) + px(button_gap);
  }
  return text_width(time_line(view_.seconds)) <= room;
}

int PromptWindow::footer_height(int width) const {
  return px(button_height + 2 * footer_margin) + (is_time_beside(width) ? 0 : px(time_height));
}

void PromptWindow::place_footer(int width, int top) {
  const bool beside = is_time_beside(width);
  const int y = top + px(footer_margin) + (beside ? 0 : px(time_height));
  int right = width - px(side_margin);
  for (const HWND button : {no_, yes_}) {
    if (!button) continue;
    const int size = button_width(button, width);
    MoveWindow(button, right - size, y, size, px(button_height), TRUE);
    right -= size + px(button_gap);
  }
  if (!beside) right = width - px(side_margin);
  MoveWindow(time_, px(side_margin), beside ? y : top + px(footer_margin / 2), std::max(0, right - px(side_margin)),
             px(beside ? button_height : time_height), TRUE);
}

std::wstring PromptWindow::time_line(ULONGLONG seconds) const {
  // What only tells something takes nothing away when it closes.
  const Text text = yes_ ? Text::time_left : Text::closes_in;
  return filled(text_of(language_, text), L"time", time_text(seconds));
}

void PromptWindow::show_time() {
  const ULONGLONG now = GetTickCount64();
  const ULONGLONG left = now >= deadline_ ? 0 : (deadline_ - now + 999) / 1000;
  SetWindowTextW(time_, time_line(left).c_str());
  // Every second would drown everything else.
  if (left == 30 || left == 10) tell_change(time_);
}

void PromptWindow::tick() {
  show_time();
  if (GetTickCount64() >= deadline_) answer(L"expired");
}

// ---- the reason ---------------------------------------------------------------------------------------------------

std::wstring PromptWindow::reason() const {
  std::wstring text = window_text(pane_->reason());
  // What was pasted may have lines; a justification is one.
  for (wchar_t& unit : text) {
    if (unit < L' ' || unit == 0x7F) unit = L' ';
  }
  const size_t first = text.find_first_not_of(L" \u00A0\u3000");
  if (first == std::wstring::npos) return {};
  return normal_form(text.substr(first, text.find_last_not_of(L" \u00A0\u3000") - first + 1));
}

size_t PromptWindow::reason_length() const {
  const std::wstring text = reason();
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](wchar_t unit) { return !IS_LOW_SURROGATE(unit); }));
}

void PromptWindow::reason_changed() {
  const size_t length = reason_length();
  const Text name = length == 0           ? Text::reason_needed
                    : length > max_reason ? Text::reason_too_long
                                          : Text::reason_count;
  const std::wstring text = filled(text_of(language_, name), L"count", std::to_wstring(length));
  const HWND count = pane_->count();
  const bool was_wrong = GetWindowLongPtrW(count, GWLP_USERDATA) == static_cast<LONG_PTR>(Look::warning);
  const bool wrong = length > max_reason;
  SetWindowLongPtrW(count, GWLP_USERDATA, static_cast<LONG_PTR>(wrong ? Look::warning : Look::count));
  SetWindowTextW(count, text.c_str());
  InvalidateRect(count, nullptr, TRUE);
  if (wrong != was_wrong) tell_change(count);
  if (yes_) EnableWindow(yes_, may_say_yes());
}

// A secure question is on its desktop before that is put before the person.
void PromptWindow::arm() {
  if (!is_seen_) {
    if (!has_input_desktop()) return;
    is_seen_ = true;
    SetTimer(window(), arm_timer, arm_ms, nullptr);
    return;
  }
  KillTimer(window(), arm_timer);
  armed_ = true;
  if (yes_) EnableWindow(yes_, may_say_yes());
}

bool PromptWindow::may_say_yes() const {
  if (!armed_ || asking_) return false;
  if (!pane_->reason()) return true;
  const size_t length = reason_length();
  return length > 0 && length <= max_reason;
}

void PromptWindow::choose_reason() {
  const HMENU menu = CreatePopupMenu();
  UINT id = 1;
  for (std::wstring reason : view_.canned_reasons) {
    for (size_t at = 0; (at = reason.find(L'&', at)) != std::wstring::npos; at += 2) reason.insert(at, 1, L'&');
    AppendMenuW(menu, MF_STRING, id++, reason.c_str());
  }
  const HWND button = GetDlgItem(pane_->window(), choose_id);
  RECT place{};
  GetWindowRect(button, &place);
  const UINT side = language_.right_to_left ? TPM_RIGHTALIGN | TPM_LAYOUTRTL : TPM_LEFTALIGN;
  const int chosen = TrackPopupMenu(menu, side | TPM_RETURNCMD | TPM_NONOTIFY,
                                    static_cast<int>(language_.right_to_left ? place.right : place.left),
                                    static_cast<int>(place.bottom), 0, window(), nullptr);
  DestroyMenu(menu);
  if (chosen <= 0) return;
  SetWindowTextW(pane_->reason(), view_.canned_reasons[static_cast<size_t>(chosen) - 1].c_str());
  reason_changed();
  SetFocus(pane_->reason());
  SendMessageW(pane_->reason(), EM_SETSEL, static_cast<WPARAM>(-1), -1);
}

// ---- answers ------------------------------------------------------------------------------------------------------

void PromptWindow::say_yes() {
  if (!may_say_yes()) return;
  std::wstring sealed;
  if (view_.asks_credential && !ask_credential(sealed)) return;
  answer(L"yes", sealed);
}

bool PromptWindow::ask_credential(std::wstring& sealed) {
  const std::wstring user = question_.get(L"userName");
  std::wstring message = filled(text_of(language_, Text::credential_message), L"user", user);
  message = filled(message, L"program", question_.get(L"program"));
  asking_ = true;
  EnableWindow(yes_, FALSE);
  DWORD error = ERROR_SUCCESS;
  try {
    PromptAnswer credential = prompt_for_credential({text_of(language_, Text::credential_caption).c_str(),
                                                     message.c_str(), user.c_str(), ERROR_SUCCESS, !is_secure_});
    sealed = seal_credential(credential, question_.get(L"ticket"), question_.get(L"key"));
  } catch (const Failure& failure) {
    error = failure.win32 == ERROR_SUCCESS ? static_cast<DWORD>(ERROR_GEN_FAILURE) : failure.win32;
  }
  asking_ = false;
  if (answered_) return false;
  EnableWindow(yes_, may_say_yes());
  SetFocus(yes_);
  if (error == ERROR_SUCCESS) return true;
  // Whoever closed the dialog may answer this window otherwise.
  if (error != ERROR_CANCELLED) answer(L"noDialog");
  return false;
}

void PromptWindow::answer(const wchar_t* choice, const std::wstring& sealed) {
  if (answered_) return;
  answered_ = true;
  PromptMessage said;
  said.add(L"choice", choice);
  if (is_quiet_ && was_person_present()) said.add(L"present", L"1");
  if (!sealed.empty()) said.add(L"credential", sealed);
  if (pane_ && pane_->reason() && CompareStringOrdinal(choice, -1, L"yes", -1, FALSE) == CSTR_EQUAL) {
    said.add(L"justification", reason());
  }
  if (window()) ShowWindow(window(), SW_HIDE);
  said.write(answers_);
  PostQuitMessage(0);
}

// Whether somebody has used the machine since the window was there.
bool PromptWindow::was_person_present() const {
  LASTINPUTINFO input{sizeof(input), 0};
  return shown_at_ != 0 && GetLastInputInfo(&input) && static_cast<LONG>(input.dwTime - shown_at_) > 0;
}

// ---- messages -----------------------------------------------------------------------------------------------------

// A field of several lines takes these keys for itself, which IsDialogMessage would let it do.
bool PromptWindow::is_own_key(const MSG& message) {
  if (message.message != WM_KEYDOWN) return false;
  const bool in_reason = pane_->reason() && message.hwnd == pane_->reason();
  switch (message.wParam) {
    case VK_RETURN:
      if (!in_reason) return false;
      say_yes();
      return true;
    case VK_ESCAPE:
      answer(L"no");
      return true;
    case VK_TAB:
      if (!in_reason) return false;
      SetFocus(GetNextDlgTabItem(window(), message.hwnd, GetKeyState(VK_SHIFT) < 0));
      return true;
    case VK_PRIOR:
    case VK_NEXT:
      if (in_reason) return false;
      pane_->scroll_by(px(message.wParam == VK_PRIOR ? -200 : 200));
      return true;
    default:
      return false;
  }
}

LRESULT PromptWindow::handle(UINT message, WPARAM first, LPARAM second) {
  switch (message) {
    case WM_COMMAND:
      if (second != 0 && HIWORD(first) == EN_CHANGE && LOWORD(first) == reason_id) {
        reason_changed();
      } else if (second != 0 && HIWORD(first) == BN_SETFOCUS) {
        InvalidateRect(window(), nullptr, FALSE);
      } else if (HIWORD(first) == BN_CLICKED) {
        if (LOWORD(first) == IDOK) say_yes();
        if (LOWORD(first) == IDCANCEL) answer(L"no");
        if (LOWORD(first) == choose_id) choose_reason();
      }
      return 0;
    case WM_SETFOCUS:
      // Whoever comes back to the window is where they would begin.
      if (no_) set_focus();
      return 0;
    case DM_GETDEFID: {
      // Enter presses the button that has the focus; elsewhere it is no, unless a reason was written.
      const HWND focus = GetFocus();
      const int id = focus && (SendMessageW(focus, WM_GETDLGCODE, 0, 0) & DLGC_BUTTON) ? GetDlgCtrlID(focus) : IDCANCEL;
      return MAKELRESULT(id, DC_HASDEFID);
    }
    case WM_TIMER:
      if (first == arm_timer) {
        arm();
      } else {
        tick();
      }
      return 0;
    case WM_DRAWITEM: {
      const auto& item = *reinterpret_cast<const DRAWITEMSTRUCT*>(second);
      draw_button(item, theme_, fonts_.text.get(), scale_, item.hwndItem == yes_);
      return TRUE;
    }
    case WM_CTLCOLORSTATIC:
      return reinterpret_cast<LRESULT>(
          colours_of(reinterpret_cast<HDC>(first), reinterpret_cast<HWND>(second), theme_, true));
    case WM_ERASEBKGND: {
      RECT place{};
      GetClientRect(window(), &place);
      SetDCBrushColor(reinterpret_cast<HDC>(first), theme_.footer);
      FillRect(reinterpret_cast<HDC>(first), &place, static_cast<HBRUSH>(GetStockObject(DC_BRUSH)));
      return 1;
    }
    case WM_MOUSEWHEEL:
      return SendMessageW(pane_->window(), message, first, second);
    case WM_DPICHANGED: {
      const RECT& place = *reinterpret_cast<const RECT*>(second);
      SetWindowPos(window(), nullptr, place.left, place.top, 0, 0, SWP_NOSIZE | SWP_NOZORDER | SWP_NOACTIVATE);
      set_looks();
      lay_out(false);
      return 0;
    }
    case WM_SETTINGCHANGE:
    case WM_SYSCOLORCHANGE:
    case WM_THEMECHANGED:
      if (pane_) {
        set_looks();
        lay_out(false);
      }
      return 0;
    case WM_WTSSESSION_CHANGE:
      if (first == WTS_SESSION_LOCK || first == WTS_CONSOLE_DISCONNECT || first == WTS_REMOTE_DISCONNECT ||
          first == WTS_SESSION_LOGOFF) {
        answer(L"sessionLeft");
      }
      return 0;
    case WM_ENDSESSION:
      if (first) answer(L"sessionLeft");
      return 0;
    case WM_CLOSE:
      answer(L"no");
      return 0;
    default:
      return DefWindowProcW(window(), message, first, second);
  }
}

}  // namespace epm
