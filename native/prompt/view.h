// What a window shows, computed from the message of the agent before anything is made.
#pragma once

#include <string>
#include <vector>

#include "message.h"
#include "texts.h"

namespace epm {

struct Fact {
  std::wstring label;
  std::wstring value;
  // A path, a command line or digits: never laid out from right to left.
  bool verbatim = false;
  bool warning = false;
};

struct View {
  std::wstring heading;
  std::vector<std::wstring> paragraphs;
  std::vector<Fact> facts;
  std::wstring warning;                    // empty: none
  std::vector<std::wstring> instructions;  // of the organization
  bool asks_reason = false;
  bool asks_credential = false;
  std::vector<std::wstring> canned_reasons;
  // Of a question; empty: the window only tells something.
  std::wstring yes;
  std::wstring no;
  uint32_t seconds = 0;
};

// Throws Failure when the message says nothing that can be shown.
View make_view(const PromptMessage& message, const Language& language);

}  // namespace epm
