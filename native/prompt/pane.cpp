#include "pane.h"

#include <algorithm>

#include "failure.h"
#include "system_function.h"

namespace epm {

namespace {

constexpr wchar_t class_name[] = L"EpmPromptPane";
constexpr int margin = 20;
constexpr int reason_lines = 4;

UINT draw_flags(Look look) {
  UINT flags = DT_WORDBREAK | DT_EDITCONTROL;
  // Only the label of the field has an accelerator; in every other text an ampersand is one.
  if (look != Look::label) flags |= DT_NOPREFIX;
  return flags;
}

void fill(HDC context, const RECT& place, COLORREF colour) {
  SetDCBrushColor(context, colour);
  FillRect(context, &place, static_cast<HBRUSH>(GetStockObject(DC_BRUSH)));
}

void frame(HDC context, const RECT& place, COLORREF colour, int width) {
  RECT side = place;
  side.bottom = side.top + width;
  fill(context, side, colour);
  side = place;
  side.top = side.bottom - width;
  fill(context, side, colour);
  side = place;
  side.right = side.left + width;
  fill(context, side, colour);
  side = place;
  side.left = side.right - width;
  fill(context, side, colour);
}

// Scroll bars of the dark mode: Windows draws them so for windows of the sub-application "DarkMode_Explorer", which is what its
// own Explorer uses and what no documentation names. Where Windows does not know it, the bars stay light.
void set_scroll_bars(HWND window, bool dark) {
  using SetTheme = HRESULT(WINAPI*)(HWND window, LPCWSTR application, LPCWSTR classes);
  if (const auto set = system_function<SetTheme>(L"uxtheme.dll", "SetWindowTheme")) {
    set(window, dark ? L"DarkMode_Explorer" : nullptr, nullptr);
  }
}

}  // namespace

Pane::Pane(HWND parent, const View& view, const Language& language) : right_to_left_(language.right_to_left) {
  create(class_name, L"", WS_CHILD | WS_VISIBLE | WS_CLIPCHILDREN, WS_EX_CONTROLPARENT, parent);
  add_text(view.heading, Look::heading, 0);
  for (const std::wstring& paragraph : view.paragraphs) add_text(paragraph, Look::paragraph, 8);
  for (const std::wstring& paragraph : view.instructions) add_text(paragraph, Look::paragraph, 8);
  add_facts(view.facts);
  if (!view.warning.empty()) add_text(view.warning, Look::warning, 12);
  if (view.asks_reason) add_reason(view, language);
  if (view.asks_credential) add_text(text_of(language, Text::authentication_text), Look::paragraph, 12);
}

HWND Pane::add_text(const std::wstring& text, Look look, int space, bool beside, int id) {
  DWORD style = WS_CHILD | WS_VISIBLE | SS_LEFT | SS_EDITCONTROL;
  if (look != Look::label) style |= SS_NOPREFIX;
  const HWND made = CreateWindowExW(0, L"STATIC", text.c_str(), style, 0, 0, 0, 0, window(),
                                    reinterpret_cast<HMENU>(static_cast<INT_PTR>(id)), nullptr, nullptr);
  check(made != nullptr, "CreateWindowExW");
  SetWindowLongPtrW(made, GWLP_USERDATA, static_cast<LONG_PTR>(look));
  items_.push_back({made, look, text, space, beside});
  return made;
}

void Pane::add_facts(const std::vector<Fact>& facts) {
  int space = 16;
  for (const Fact& fact : facts) {
    // A label of a fact has no accelerator, and may have an ampersand.
    add_text(fact.label, Look::count, space);
    const HWND made = add_text(fact.value, fact.warning ? Look::warning : Look::value, space, true);
    space = 6;
    if (!fact.verbatim || !right_to_left_) continue;
    // A path is read from left to right wherever it stands.
    SetWindowLongPtrW(
        made, GWL_EXSTYLE,
        GetWindowLongPtrW(made, GWL_EXSTYLE) & ~static_cast<LONG_PTR>(WS_EX_LAYOUTRTL | WS_EX_RTLREADING));
    SetWindowLongPtrW(made, GWL_STYLE, GetWindowLongPtrW(made, GWL_STYLE) | SS_RIGHT);
  }
}

void Pane::add_reason(const View& view, const Language& language) {
  add_text(text_of(language, Text::reason_label), Look::label, 16);
  reason_ = CreateWindowExW(0, L"EDIT", L"", WS_CHILD | WS_VISIBLE | WS_TABSTOP | ES_MULTILINE | ES_AUTOVSCROLL, 0, 0,
                            0, 0, window(), reinterpret_cast<HMENU>(static_cast<INT_PTR>(reason_id)), nullptr, nullptr);
  check(reason_ != nullptr, "CreateWindowExW");
  // Room to see that it is too long, and an end.
  SendMessageW(reason_, EM_LIMITTEXT, 1024, 0);
  items_.push_back({reason_, Look::paragraph, L"", 6, false});
  count_ = add_text(L"0", Look::count, 6, false, count_id);
  if (view.canned_reasons.empty()) return;
  choose_ = CreateWindowExW(0, L"BUTTON", text_of(language, Text::choose_reason).c_str(),
                            WS_CHILD | WS_VISIBLE | WS_TABSTOP | BS_OWNERDRAW | BS_NOTIFY, 0, 0, 0, 0, window(),
                            reinterpret_cast<HMENU>(static_cast<INT_PTR>(choose_id)), nullptr, nullptr);
  check(choose_ != nullptr, "CreateWindowExW");
}

void Pane::set_looks(const Theme* theme, const Fonts* fonts, int scale) {
  theme_ = theme;
  fonts_ = fonts;
  scale_ = scale;
  for (const Item& item : items_)
    SendMessageW(item.window, WM_SETFONT, reinterpret_cast<WPARAM>(font_of(item.look)), 0);
  if (choose_) SendMessageW(choose_, WM_SETFONT, reinterpret_cast<WPARAM>(fonts->text.get()), 0);
  set_scroll_bars(window(), theme->dark);
  if (reason_) set_scroll_bars(reason_, theme->dark);
}

HFONT Pane::font_of(Look look) const {
  if (look == Look::heading) return fonts_->heading.get();
  return look == Look::warning || look == Look::label ? fonts_->strong.get() : fonts_->text.get();
}

int Pane::height_of(const Item& item, int width) const {
  const HDC context = GetDC(window());
  const HGDIOBJ before = SelectObject(context, font_of(item.look));
  RECT place{0, 0, width, 0};
  const std::wstring text = item.text.empty() ? L"X" : item.text;
  DrawTextW(context, text.c_str(), -1, &place, draw_flags(item.look) | DT_CALCRECT);
  SelectObject(context, before);
  ReleaseDC(window(), context);
  return place.bottom * (item.window == reason_ ? reason_lines : 1);
}

int Pane::width_of(const std::wstring& text, Look look) const {
  const HDC context = GetDC(window());
  const HGDIOBJ before = SelectObject(context, font_of(look));
  RECT place{};
  DrawTextW(context, text.c_str(), -1, &place, DT_SINGLELINE | DT_CALCRECT | (draw_flags(look) & DT_NOPREFIX));
  SelectObject(context, before);
  ReleaseDC(window(), context);
  return place.right;
}

int Pane::lay_out(int width) {
  const int left = px(margin);
  const int whole = std::max(px(40), width - 2 * left);
  // The column of the labels is as wide as the widest of them, and at most two fifths.
  int labels = 0;
  for (size_t index = 0; index + 1 < items_.size(); ++index) {
    if (items_[index + 1].beside) labels = std::max(labels, width_of(items_[index].text, items_[index].look));
  }
  labels = std::min(labels + px(16), whole * 2 / 5);
  int y = px(margin);
  int label_height = 0;
  for (size_t index = 0; index < items_.size(); ++index) {
    const Item& item = items_[index];
    const bool is_label = index + 1 < items_.size() && items_[index + 1].beside;
    const int x = item.beside ? left + labels : left;
    int room = item.beside ? whole - labels : is_label ? labels - px(12) : whole;
    if (!item.beside) y += px(item.space);
    int height = height_of(item, room);
    if (item.window == reason_) {
      // Inside its frame.
      const int inner = px(6);
      MoveWindow(reason_, x + inner, y - position_ + inner, room - 2 * inner, height, TRUE);
      y += height + 2 * inner;
      continue;
    }
    if (item.window == count_ && choose_) {
      const int button = px(34);
      wchar_t name[128];
      GetWindowTextW(choose_, name, 128);
      const int button_width = std::min(whole / 2, width_of(name, Look::paragraph) + px(44));
      MoveWindow(choose_, left + whole - button_width, y - position_, button_width, button, TRUE);
      room = whole - button_width - px(12);
      const int below = std::max(0, (button - height) / 2);
      MoveWindow(count_, x, y - position_ + below, room, std::max(height, button - below), TRUE);
      y += std::max(height, button);
      continue;
    }
    MoveWindow(item.window, x, y - position_, room, height, TRUE);
    if (is_label) {
      label_height = height;
    } else {
      y += item.beside ? std::max(height, label_height) : height;
    }
  }
  height_ = y + px(margin);
  return height_;
}

void Pane::place(int x, int y, int width, int height) {
  visible_ = height;
  const bool scrolls = height < height_;
  const LONG_PTR style = GetWindowLongPtrW(window(), GWL_STYLE);
  SetWindowLongPtrW(window(), GWL_STYLE, scrolls ? style | WS_VSCROLL : style & ~WS_VSCROLL);
  SetWindowPos(window(), nullptr, x, y, width, height, SWP_NOZORDER | SWP_NOACTIVATE | SWP_FRAMECHANGED);
  SCROLLINFO info{
      sizeof(info), SIF_RANGE | SIF_PAGE | SIF_POS, 0, height_ - 1, static_cast<UINT>(height), position_, 0};
  if (scrolls) SetScrollInfo(window(), SB_VERT, &info, TRUE);
  scroll_to(position_);
}

void Pane::scroll_by(int pixels) { scroll_to(position_ + pixels); }

void Pane::scroll_to(int position) {
  const int wanted = std::clamp(position, 0, std::max(0, height_ - visible_));
  if (wanted == position_) return;
  ScrollWindowEx(window(), 0, position_ - wanted, nullptr, nullptr, nullptr, nullptr,
                 SW_SCROLLCHILDREN | SW_INVALIDATE | SW_ERASE);
  position_ = wanted;
  SetScrollPos(window(), SB_VERT, position_, TRUE);
}

void Pane::show_focus() {
  const HWND focus = GetFocus();
  if (!focus || GetParent(focus) != window()) return;
  RECT place{};
  GetWindowRect(focus, &place);
  if (focus == reason_) {
    // With how long it is.
    RECT count{};
    GetWindowRect(count_, &count);
    place.bottom = count.bottom;
  }
  MapWindowPoints(nullptr, window(), reinterpret_cast<POINT*>(&place), 2);
  if (place.bottom + px(margin) > visible_) scroll_by(place.bottom + px(margin) - visible_);
  if (place.top < px(margin)) scroll_by(place.top - px(margin));
  InvalidateRect(window(), nullptr, FALSE);
}

void Pane::paint() {
  PAINTSTRUCT paint{};
  const HDC context = BeginPaint(window(), &paint);
  fill(context, paint.rcPaint, theme_->window);
  if (reason_) {
    RECT place{};
    GetWindowRect(reason_, &place);
    MapWindowPoints(nullptr, window(), reinterpret_cast<POINT*>(&place), 2);
    InflateRect(&place, px(6), px(6));
    const bool focused = GetFocus() == reason_;
    fill(context, place, theme_->field);
    frame(context, place, focused ? theme_->accent : theme_->line, std::max(1, px(focused ? 2 : 1)));
  }
  EndPaint(window(), &paint);
}

LRESULT Pane::handle(UINT message, WPARAM first, LPARAM second) {
  switch (message) {
    case WM_PAINT:
      if (!theme_) break;
      paint();
      return 0;
    case WM_ERASEBKGND:
      return 1;
    case WM_CTLCOLORSTATIC:
    case WM_CTLCOLOREDIT:
      if (!theme_) break;
      return reinterpret_cast<LRESULT>(
          colours_of(reinterpret_cast<HDC>(first), reinterpret_cast<HWND>(second), *theme_, false));
    case WM_DRAWITEM:
      if (!theme_) break;
      draw_button(*reinterpret_cast<const DRAWITEMSTRUCT*>(second), *theme_, fonts_->text.get(), scale_, false);
      return TRUE;
    case WM_COMMAND:
      // Also when somebody types in a field that was scrolled away.
      if (HIWORD(first) == EN_SETFOCUS || HIWORD(first) == EN_KILLFOCUS || HIWORD(first) == BN_SETFOCUS ||
          HIWORD(first) == EN_CHANGE) {
        show_focus();
      }
      return SendMessageW(GetParent(window()), message, first, second);
    case WM_CLOSE:
    case DM_GETDEFID:
      return SendMessageW(GetParent(window()), message, first, second);
    case WM_MOUSEWHEEL:
      scroll_by(-MulDiv(GET_WHEEL_DELTA_WPARAM(first), px(48), WHEEL_DELTA));
      return 0;
    case WM_VSCROLL: {
      SCROLLINFO info{sizeof(info), SIF_TRACKPOS, 0, 0, 0, 0, 0};
      GetScrollInfo(window(), SB_VERT, &info);
      switch (LOWORD(first)) {
        case SB_LINEUP:
          scroll_by(-px(24));
          break;
        case SB_LINEDOWN:
          scroll_by(px(24));
          break;
        case SB_PAGEUP:
          scroll_by(-visible_);
          break;
        case SB_PAGEDOWN:
          scroll_by(visible_);
          break;
        case SB_THUMBTRACK:
          scroll_to(info.nTrackPos);
          break;
        default:
          break;
      }
      return 0;
    }
    default:
      break;
  }
  return DefWindowProcW(window(), message, first, second);
}

HBRUSH colours_of(HDC context, HWND control, const Theme& theme, bool in_footer) {
  COLORREF background = in_footer ? theme.footer : theme.window;
  COLORREF text = theme.text;
  if (GetDlgCtrlID(control) == reason_id) {
    background = theme.field;
  } else {
    const auto look = static_cast<Look>(GetWindowLongPtrW(control, GWLP_USERDATA));
    if (look == Look::count) text = theme.faint;
    if (look == Look::warning) text = theme.warning;
  }
  SetTextColor(context, text);
  SetBkColor(context, background);
  SetDCBrushColor(context, background);
  return static_cast<HBRUSH>(GetStockObject(DC_BRUSH));
}

void draw_button(const DRAWITEMSTRUCT& item, const Theme& theme, HFONT font, int scale, bool is_main) {
  const bool disabled = (item.itemState & ODS_DISABLED) != 0;
  const bool focused = (item.itemState & ODS_FOCUS) != 0;
  const bool pressed = (item.itemState & ODS_SELECTED) != 0;
  const bool accented = is_main && !disabled;
  RECT place = item.rcItem;
  const HDC context = item.hDC;
  const int thin = std::max(1, MulDiv(1, scale, 96));
  fill(context, place, theme.footer);
  fill(context, place, accented ? theme.accent : theme.button);
  frame(context, place, accented ? theme.accent : theme.line, thin);
  const COLORREF text = disabled ? theme.disabled_text : accented ? theme.accent_text : theme.button_text;
  if (focused) {
    RECT ring = place;
    frame(context, ring, theme.text, 2 * thin);
    InflateRect(&ring, -2 * thin, -2 * thin);
    frame(context, ring, theme.window, thin);
  }
  const HGDIOBJ before = SelectObject(context, font);
  SetBkMode(context, TRANSPARENT);
  SetTextColor(context, text);
  if (pressed) OffsetRect(&place, 0, thin);
  wchar_t name[128];
  GetWindowTextW(item.hwndItem, name, 128);
  DrawTextW(context, name, -1, &place, DT_CENTER | DT_VCENTER | DT_SINGLELINE | DT_END_ELLIPSIS);
  SelectObject(context, before);
}

}  // namespace epm
