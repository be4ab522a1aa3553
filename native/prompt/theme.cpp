#include "theme.h"

#include <algorithm>
#include <cwchar>
#include <utility>

#include "message.h"

namespace epm {

namespace {

DWORD user_number(const wchar_t* key, const wchar_t* name, DWORD otherwise) {
  DWORD value = 0;
  DWORD size = sizeof(value);
  return RegGetValueW(HKEY_CURRENT_USER, key, name, RRF_RT_REG_DWORD, nullptr, &value, &size) == ERROR_SUCCESS
             ? value
             : otherwise;
}

bool is_high_contrast() {
  HIGHCONTRASTW contrast{sizeof(contrast), 0, nullptr};
  return SystemParametersInfoW(SPI_GETHIGHCONTRAST, sizeof(contrast), &contrast, 0) &&
         (contrast.dwFlags & HCF_HIGHCONTRASTON) != 0;
}

Theme contrast_theme() {
  const COLORREF window = GetSysColor(COLOR_WINDOW);
  const COLORREF text = GetSysColor(COLOR_WINDOWTEXT);
  Theme theme{};
  theme.contrast = true;
  theme.window = theme.footer = theme.field = window;
  theme.line = theme.text = theme.faint = theme.warning = text;
  theme.button = GetSysColor(COLOR_BTNFACE);
  theme.button_text = GetSysColor(COLOR_BTNTEXT);
  theme.accent = GetSysColor(COLOR_HIGHLIGHT);
  theme.accent_text = GetSysColor(COLOR_HIGHLIGHTTEXT);
  theme.disabled_text = GetSysColor(COLOR_GRAYTEXT);
  return theme;
}

}  // namespace

Looks Looks::current(const PromptMessage& message) {
  const auto chosen = [&](const wchar_t* name, DWORD otherwise) {
    const std::wstring value = message.get(name);
    return value.empty() ? otherwise : static_cast<DWORD>(std::wcstoul(value.c_str(), nullptr, 10));
  };
  const DWORD light =
      user_number(L"Software\\Microsoft\\Windows\\CurrentVersion\\Themes\\Personalize", L"AppsUseLightTheme", 1);
  const DWORD percent = user_number(L"Software\\Microsoft\\Accessibility", L"TextScaleFactor", 100);
  Looks looks;
  looks.dark = chosen(L"dark", light == 0) != 0;
  looks.contrast = chosen(L"contrast", is_high_contrast()) != 0;
  looks.text_percent = static_cast<int>(std::clamp<DWORD>(chosen(L"text", percent), 100, 225));
  return looks;
}

Theme Theme::current(const Looks& looks) {
  if (looks.contrast) return contrast_theme();
  Theme theme{};
  theme.dark = looks.dark;
  if (theme.dark) {
    theme.window = RGB(43, 43, 43);
    theme.footer = RGB(32, 32, 32);
    theme.line = RGB(138, 138, 138);
    theme.text = RGB(255, 255, 255);
    theme.faint = RGB(200, 200, 200);
    theme.warning = RGB(255, 200, 110);
    theme.field = RGB(30, 30, 30);
    theme.button = RGB(60, 60, 60);
    theme.button_text = RGB(255, 255, 255);
    theme.accent = RGB(96, 205, 255);
    theme.accent_text = RGB(0, 0, 0);
    theme.disabled_text = RGB(140, 140, 140);
  } else {
    theme.window = RGB(255, 255, 255);
    theme.footer = RGB(243, 243, 243);
    theme.line = RGB(138, 138, 138);
    theme.text = RGB(26, 26, 26);
    theme.faint = RGB(92, 92, 92);
    theme.warning = RGB(157, 62, 0);
    theme.field = RGB(255, 255, 255);
    theme.button = RGB(251, 251, 251);
    theme.button_text = RGB(26, 26, 26);
    theme.accent = RGB(0, 95, 184);
    theme.accent_text = RGB(255, 255, 255);
    theme.disabled_text = RGB(120, 120, 120);
  }
  return theme;
}

Font::Font(const wchar_t* face, int pixels, int weight) {
  LOGFONTW font{};
  font.lfHeight = -pixels;
  font.lfWeight = weight;
  font.lfCharSet = DEFAULT_CHARSET;
  font.lfQuality = CLEARTYPE_QUALITY;
  wcsncpy(font.lfFaceName, face, LF_FACESIZE - 1);
  font_ = CreateFontIndirectW(&font);
}

Font& Font::operator=(Font&& other) noexcept {
  std::swap(font_, other.font_);
  return *this;
}

Font::~Font() {
  if (font_) DeleteObject(font_);
}

}  // namespace epm
