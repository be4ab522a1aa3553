// The consent window: one question or one notice, and an end.
#pragma once

#include <memory>

#include "message.h"
#include "own_window.h"
#include "pane.h"
#include "theme.h"
#include "view.h"

namespace epm {

class PromptWindow final : public OwnWindow {
 public:
  // `answers`: where what happens is told to the agent.
  PromptWindow(const PromptMessage& question, const Language& language, HANDLE answers);
  ~PromptWindow() override;

  // Shows it until it is answered, closed or over. Throws Failure where no window can be made.
  void run();

 private:
  void make();
  void show();
  void show_quietly();
  void set_focus();
  // Where the window is: in the middle, or in a corner where it covers little.
  POINT place_in(const RECT& work, int width, int height) const;
  HMONITOR monitor(bool move) const;
  void set_looks();
  void lay_out(bool move);
  void place_footer(int width, int top);
  int px(int logical) const { return MulDiv(logical, scale_, 96); }
  int text_width(const std::wstring& text) const;
  // At most so much that two of them have room.
  int button_width(HWND button, int width) const;
  bool is_time_beside(int width) const;
  int footer_height(int width) const;
  std::wstring time_line(ULONGLONG seconds) const;
  void show_time();
  void tick();
  void reason_changed();
  std::wstring reason() const;
  size_t reason_length() const;
  void arm();
  bool may_say_yes() const;
  void choose_reason();
  void say_yes();
  bool ask_credential(std::wstring& sealed);
  void answer(const wchar_t* choice, const std::wstring& sealed = {});
  bool was_person_present() const;
  bool is_own_key(const MSG& message);
  LRESULT handle(UINT message, WPARAM first, LPARAM second) override;

  const PromptMessage& question_;
  const Language& language_;
  const HANDLE answers_;
  const View view_;
  const bool is_secure_;  // on a desktop of its own, and not as the person
  const bool is_quiet_;   // the person has asked for nothing just now, and goes on with what they do
  bool is_seen_;
  Theme theme_;
  Fonts fonts_;
  int dpi_ = 96;
  int scale_ = 96;
  HWND yes_ = nullptr;
  HWND no_ = nullptr;
  HWND time_ = nullptr;
  std::unique_ptr<Pane> pane_;
  int footer_top_ = 0;
  ULONGLONG deadline_ = 0;
  DWORD shown_at_ = 0;
  bool armed_ = false;
  bool answered_ = false;
  bool asking_ = false;  // Windows shows its own dialog
};

}  // namespace epm
