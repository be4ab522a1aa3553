// Colours and fonts: light, dark, or those of a contrast theme, as the person has chosen for Windows.
#pragma once

#include "windows_headers.h"

namespace epm {

class PromptMessage;

// What the person has chosen for Windows: what the agent says of them, else what this process finds for itself.
struct Looks {
  bool dark = false;
  bool contrast = false;
  int text_percent = 100;  // by which texts are larger (Settings, Accessibility, Text size): 100 to 225

  static Looks current(const PromptMessage& message);
};

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

  static Theme current(const Looks& looks);
};

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
