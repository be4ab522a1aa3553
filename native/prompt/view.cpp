#include "view.h"

#include <cstdio>

#include "failure.h"

namespace epm {

namespace {

constexpr uint32_t longest = 600;  // seconds

void add_program(View& view, const PromptMessage& message, const Language& language) {
  const auto add = [&](Text label, std::wstring value, bool verbatim, bool warning = false) {
    if (!value.empty()) view.facts.push_back({text_of(language, label), std::move(value), verbatim, warning});
  };
  add(Text::program, message.get(L"program"), true);
  // Without a path nothing but the name may be told.
  if (message.get(L"path").empty()) return;
  const std::wstring publisher = message.get(L"publisher");
  add(Text::publisher, publisher.empty() ? text_of(language, Text::unknown_publisher) : publisher, false,
      publisher.empty());
  add(Text::file_text, message.get(L"path"), true);
  const std::wstring arguments = message.get(L"arguments");
  add(Text::arguments, arguments.empty() ? text_of(language, Text::no_arguments) : arguments, !arguments.empty());
  const std::wstring rule = message.get(L"rule");
  add(Text::rule, rule.empty() ? text_of(language, Text::default_rule) : rule, false);
  add(Text::digest, message.get(L"digest"), true);
  if (message.has(L"internet", L"1")) view.warning = text_of(language, Text::from_internet);
}

// ISO 8601, UTC, in the words of the language and the time of the machine; as it is when it is no time.
std::wstring local_time(const std::wstring& iso, const wchar_t* tag) {
  unsigned year = 0, month = 0, day = 0, hour = 0, minute = 0;
  if (std::swscanf(iso.c_str(), L"%4u-%2u-%2uT%2u:%2u", &year, &month, &day, &hour, &minute) != 5) return iso;
  SYSTEMTIME utc{};
  utc.wYear = static_cast<WORD>(year);
  utc.wMonth = static_cast<WORD>(month);
  utc.wDay = static_cast<WORD>(day);
  utc.wHour = static_cast<WORD>(hour);
  utc.wMinute = static_cast<WORD>(minute);
  SYSTEMTIME local{};
  wchar_t date[80];
  wchar_t time[80];
  if (!SystemTimeToTzSpecificLocalTime(nullptr, &utc, &local) ||
      !GetDateFormatEx(tag, DATE_LONGDATE, &local, nullptr, date, 80, nullptr) ||
      !GetTimeFormatEx(tag, TIME_NOSECONDS, &local, nullptr, time, 80)) {
    return iso;
  }
  return std::wstring(date) + L", " + time;
}

void add_support(View& view, const PromptMessage& message, const Language& language) {
  std::wstring lines;
  for (const std::wstring& line : message.all(L"support")) lines += (lines.empty() ? L"" : L"\n") + line;
  if (!lines.empty()) view.facts.push_back({text_of(language, Text::support), lines});
}

// What a person needs to name what they started, and no more: it was shown when they were asked.
void add_denied_program(View& view, const PromptMessage& message, const Language& language) {
  view.facts.push_back({text_of(language, Text::program), message.get(L"program"), true});
  const std::wstring path = message.get(L"path");
  if (!path.empty()) view.facts.push_back({text_of(language, Text::file_text), path, true});
  const std::wstring rule = message.get(L"rule");
  if (!rule.empty()) view.facts.push_back({text_of(language, Text::rule), rule});
  view.facts.push_back({text_of(language, Text::code), message.get(L"reason"), true});
}

void add_comment(View& view, const PromptMessage& message, const Language& language) {
  const std::wstring comment = message.get(L"comment");
  if (!comment.empty()) view.facts.push_back({text_of(language, Text::comment), comment});
}

// What was asked for, as the person knows it, and the number by which support finds it.
void add_request(View& view, const PromptMessage& message, const Language& language) {
  view.facts.push_back({text_of(language, Text::program), message.get(L"program"), true});
  const std::wstring path = message.get(L"path");
  if (!path.empty()) view.facts.push_back({text_of(language, Text::file_text), path, true});
  const std::wstring arguments = message.get(L"arguments");
  if (!arguments.empty()) view.facts.push_back({text_of(language, Text::arguments), arguments, true});
  view.facts.push_back({text_of(language, Text::request), message.get(L"request"), true});
  const std::wstring reason = message.get(L"reason");
  if (!reason.empty()) view.facts.push_back({text_of(language, Text::code), reason, true});
}

void add_reason(View& view, const PromptMessage& message, const Language& language) {
  const Reason& reason = reason_of(language, message.get(L"reason"));
  view.facts.push_back({text_of(language, Text::why), reason.why});
  view.facts.push_back({text_of(language, Text::next_text), reason.next});
}

}  // namespace

View make_view(const PromptMessage& message, const Language& language) {
  View view;
  const auto text = [&](Text each) { return text_of(language, each); };
  const std::wstring kind = message.get(L"kind");
  view.instructions = message.all(L"instruction");
  view.seconds = static_cast<uint32_t>(std::wcstoul(message.get(L"seconds").c_str(), nullptr, 10));
  if (view.seconds == 0 || view.seconds > longest) fail("seconds", ERROR_INVALID_DATA);
  if (kind == L"consent" || kind == L"approval") {
    const bool is_consent = kind == L"consent";
    view.heading = text(is_consent ? Text::confirm_heading : Text::approval_heading);
    view.paragraphs.push_back(text(is_consent ? Text::confirm_text : Text::approval_text));
    add_program(view, message, language);
    view.asks_reason = !is_consent || message.has(L"requirement", L"justification");
    view.asks_credential = message.has(L"requirement", L"authentication");
    if (view.asks_reason) view.canned_reasons = message.all(L"canned");
    if (!is_consent) add_support(view, message, language);
    view.yes = text(is_consent ? Text::yes_text : Text::send);
    view.no = text(Text::no_text);
    return view;
  }
  view.no = text(Text::close);
  if (kind == L"pending") {
    view.heading = text(Text::pending_heading);
    view.paragraphs.push_back(text(Text::pending_text));
    add_request(view, message, language);
    add_support(view, message, language);
  } else if (kind == L"approved") {
    view.heading = text(Text::approved_heading);
    view.paragraphs.push_back(text(Text::approved_text));
    const std::wstring until = message.get(L"until");
    if (!until.empty()) {
      view.paragraphs.push_back(filled(text(Text::approved_until), L"time", local_time(until, language.tag)));
    }
    add_comment(view, message, language);
    add_request(view, message, language);
    add_support(view, message, language);
  } else if (kind == L"answered") {
    const Answer& answer = answer_of(language, message.get(L"answer"));
    view.heading = answer.heading;
    view.paragraphs.push_back(answer.why);
    add_comment(view, message, language);
    view.facts.push_back({text(Text::next_text), answer.next});
    add_request(view, message, language);
    add_support(view, message, language);
  } else if (kind == L"denied" || kind == L"notManaged") {
    view.heading = text(kind == L"denied" ? Text::denied_heading : Text::not_managed_heading);
    add_reason(view, message, language);
    add_support(view, message, language);
    add_denied_program(view, message, language);
  } else {
    fail("kind", ERROR_INVALID_DATA);
  }
  return view;
}

}  // namespace epm
