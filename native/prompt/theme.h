// Colours and fonts: light, dark, or those of a contrast theme, as the person has chosen for Windows.
#pragma once

#include "windows_headers.h"

namespace epm {

struct Theme {
  bool dark = false;
  bool contrast = false;
  COLORREF window;
  COLORREF footer;
  COLORREF line;
  COLORREF text;
  COLORREF faint;  // labels and counters
  COLORREF warning;
  COLORREF field;
  COLORREF button;
  COLORREF button_text;
  COLORREF accent;
  COLORREF accent_text;
  COLORREF disabled_text;

  static Theme current();
};

// Percent by which the person wants texts larger (Settings, Accessibility, Text size): 100 to 225.
int text_percent();

class Font {
 public:
  Font() = default;
  Font(const wchar_t* face, int pixels, int weight);
  Font(Font&& other) noexcept : font_(other.font_) { other.font_ = nullptr; }
  Font& operator=(Font&& other) noexcept;
  Font(const Font&) = delete;
  Font& operator=(const Font&) = delete;
  ~Font();
  HFONT get() const { return font_; }

 private:
  HFONT font_ = nullptr;
};

}  // namespace epm
