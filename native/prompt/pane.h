// The part of the window that holds what is shown and the field for the reason; it scrolls where it is higher than the screen.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "own_window.h"
#include "theme.h"
#include "view.h"

namespace epm {

constexpr int reason_id = 100;
constexpr int choose_id = 101;
constexpr int count_id = 102;

// What a text is, which decides how it looks.
enum class Look : LONG_PTR { heading = 1, paragraph, label, value, warning, count };

struct Fonts {
  Font text;
  Font heading;
  Font strong;
};

class Pane final : public OwnWindow {
 public:
  // Makes the controls, children of a window of their own. Their commands go to the parent of that.
  Pane(HWND parent, const View& view, const Language& language);

  HWND heading() const { return items_.front().window; }
  HWND reason() const { return reason_; }
  HWND count() const { return count_; }

  // Looks and sizes from now on. `scale`: pixels of 96 logical ones.
  void set_looks(const Theme* theme, const Fonts* fonts, int scale);
  // Lays the controls out and answers the height that all of them need.
  int lay_out(int width);
  // Shows `height` of it.
  void place(int x, int y, int width, int height);
  void scroll_by(int pixels);
  void scroll_to_top() { scroll_to(0); }

 private:
  struct Item {
    HWND window;
    Look look;
    std::wstring text;
    int space;    // logical pixels above
    bool beside;  // a value, beside the label before it
  };

  HWND add_text(const std::wstring& text, Look look, int space, bool beside = false, int id = 0);
  void add_facts(const std::vector<Fact>& facts);
  void add_reason(const View& view, const Language& language);
  HFONT font_of(Look look) const;
  int height_of(const Item& item, int width) const;
  int width_of(const std::wstring& text, Look look) const;
  int px(int logical) const { return MulDiv(logical, scale_, 96); }
  void scroll_to(int position);
  void show_focus();
  void paint();
  LRESULT handle(UINT message, WPARAM first, LPARAM second) override;

  HWND reason_ = nullptr;
  HWND choose_ = nullptr;
  HWND count_ = nullptr;
  std::vector<Item> items_;
  const Theme* theme_ = nullptr;
  const Fonts* fonts_ = nullptr;
  int scale_ = 96;
  int height_ = 0;   // of everything
  int visible_ = 0;  // of what is shown
  int position_ = 0;
  bool right_to_left_;
};

// Draws a button of the window; both kinds of window have them.
void draw_button(const DRAWITEMSTRUCT& item, const Theme& theme, HFONT font, int scale, bool is_main);
// The brush and colours of a text or field.
HBRUSH colours_of(HDC context, HWND control, const Theme& theme, bool in_footer);

}  // namespace epm
