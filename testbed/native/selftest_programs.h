// Programs that parts of the self-test start.
#pragma once

#include <vector>

#include "epmnative.h"
#include "selftest.h"

namespace selftest {

inline constexpr char16_t account_sid[] = u"S-1-5-107-11-22-33-44-55";
inline constexpr char account_text[] = "\"user\":\"S-1-5-107-11-22-33-44-55\"";

epm_account account();

template <typename Call>
std::string text_of(Call call) {
  std::string text(256 * 1024, '\0');
  uint32_t length = 0;
  const uint32_t error = call(text.data(), static_cast<uint32_t>(text.size()), &length);
  text.resize(length);
  require(error == ERROR_SUCCESS, "success", std::to_string(error) + " " + text);
  return text;
}

uint32_t make_token();
// A broker of one's own, or the one of all starts that are not judged.
uint32_t new_broker();
uint32_t broker();

struct Started {
  uint32_t process;
  uint32_t process_id;
  uint32_t starter;
};

// The probe, of which the caller sets what it wants otherwise.
epm_start start_of(uint32_t token);
std::wstring probe();
std::wstring report_path(uint32_t process_id);
// `by`: the broker; 0: the one of all starts, or a new one where the tree is judged.
Started start(uint32_t token, const std::vector<std::wstring>& arguments, uint32_t limit, bool streams = false,
              uint32_t judge = 0, uint32_t by = 0);
bool is_running(uint32_t process_id);

}  // namespace selftest
