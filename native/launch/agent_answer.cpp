#include "agent_answer.h"

#include <optional>
#include <string_view>

#include "failure.h"
#include "json_writer.h"
#include "system_function.h"

namespace epm {

namespace {

// PIPE_NAMES.user and PROTOCOL_VERSION of src/ipc/protocol.ts.
constexpr wchar_t pipe_name[] = L"\\\\.\\pipe\\ProtectedPrefix\\Administrators\\EPM\\agent";
constexpr uint32_t protocol_version = 1;
constexpr size_t max_message = 64 * 1024;

// Milliseconds. A start that nobody manages is not held up for longer than these together.
constexpr DWORD connect_ms = 1000;
constexpr DWORD answer_ms = 10000;
constexpr DWORD cancel_ms = 3000;

constexpr char cancel_message[] = "{\"v\":1,\"cancel\":true}";

// The answers of the channel "launch" have one form each (src/ipc/channels/launch.ts). Anything else is no answer.
constexpr std::string_view asking = "{\"kind\":\"event\",\"body\":{\"event\":\"asking\"}}";
constexpr std::string_view started = "{\"kind\":\"event\",\"body\":{\"event\":\"started\",\"processId\":";
constexpr std::string_view ended = "{\"kind\":\"result\",\"body\":{\"answer\":\"ended\",\"exitCode\":";
constexpr std::string_view not_managed = "{\"kind\":\"result\",\"body\":{\"answer\":\"notManaged\"}}";
constexpr std::string_view refused = "{\"kind\":\"result\",\"body\":{\"answer\":\"refused\"}}";
constexpr std::string_view lifted = "{\"kind\":\"event\",\"body\":{\"event\":\"lifted\"}}";
constexpr std::string_view error_code = "{\"kind\":\"error\",\"body\":{\"code\":\"";

const char* name_of(Trigger trigger) {
  switch (trigger) {
    case Trigger::verb:
      return "verb";
    case Trigger::launch:
      return "launch";
    case Trigger::detected:
      return "detected";
  }
  return "";
}

std::string message_of(const LaunchQuestion& question) {
  JsonWriter json;
  json.begin_object();
  json.member("v", protocol_version);
  json.member("channel", "launch");
  json.key("body");
  json.begin_object();
  json.member("path", question.path);
  json.key("arguments");
  json.begin_array();
  for (const std::wstring& value : question.arguments) json.value(value);
  json.end_array();
  json.member("trigger", name_of(question.trigger));
  json.member("directory", question.directory);
  json.end_object();
  json.end_object();
  return json.take();
}

// The number between a prefix and "}}".
std::optional<uint32_t> number_after(std::string_view text, std::string_view prefix) {
  constexpr std::string_view end = "}}";
  if (text.substr(0, prefix.size()) != prefix || text.size() < prefix.size() + end.size() + 1) return std::nullopt;
  const std::string_view digits = text.substr(prefix.size(), text.size() - prefix.size() - end.size());
  if (text.substr(text.size() - end.size()) != end || digits.size() > 10) return std::nullopt;
  uint64_t number = 0;
  for (const char digit : digits) {
    if (digit < '0' || digit > '9') return std::nullopt;
    number = number * 10 + static_cast<uint64_t>(digit - '0');
  }
  if (number > UINT32_MAX) return std::nullopt;
  return static_cast<uint32_t>(number);
}

// The program may come to the front, as the one that the person started would have.
void give_foreground(uint32_t process_id) {
  using Allow = BOOL(WINAPI*)(DWORD);
  const auto allow = system_function<Allow>(L"user32.dll", "AllowSetForegroundWindow");
  if (allow) allow(process_id);
}

class Conversation {
 public:
  explicit Conversation(const LaunchQuestion& question) : client_(PipeClient::open(pipe_name, connect_ms)) {
    send(message_of(question));
  }

  LaunchAnswer run() {
    for (;;) {
      const std::string text = next();
      if (text == asking) {
        is_asking_ = true;
        // The window that asks is a process of the agent's, whose number nobody knows yet.
        give_foreground(ASFW_ANY);
      } else if (const auto process_id = number_after(text, started)) {
        has_started_ = true;
        give_foreground(*process_id);
      } else if (const auto exit_code = number_after(text, ended)) {
        return {LaunchAnswer::Kind::ended, *exit_code, {}, {}};
      } else if (text == lifted) {
        return {LaunchAnswer::Kind::lifted, 0, client_, {}};
      } else if (text == not_managed) {
        return {LaunchAnswer::Kind::not_managed, 0, {}, {}};
      } else if (text == refused) {
        return {LaunchAnswer::Kind::refused, 0, {}, {}};
      } else {
        return {LaunchAnswer::Kind::no_answer, 0, {}, what_it_is(text)};
      }
    }
  }

  bool has_started() const { return has_started_; }

 private:
  void send(std::string_view text) {
    if (text.size() > max_message) fail("request", ERROR_BUFFER_OVERFLOW);
    client_->write(reinterpret_cast<const uint8_t*>(text.data()), text.size());
  }

  std::string next() {
    try {
      return read(has_started_ || is_asking_ ? INFINITE : answer_ms);
    } catch (const Failure& failure) {
      if (failure.win32 != WAIT_TIMEOUT) throw;
    }
    // Too slow. What was not started by now must not be started beside the program, so the request is taken back first.
    send(cancel_message);
    return read(cancel_ms);
  }

  std::string read(DWORD timeout_ms) {
    const std::vector<uint8_t> bytes = client_->read(timeout_ms, max_message);
    if (bytes.size() > max_message) fail("answer", ERROR_BUFFER_OVERFLOW);
    return std::string(bytes.begin(), bytes.end());
  }

  // The code of an error of the agent; other texts are not repeated.
  static std::string what_it_is(std::string_view text) {
    if (text.substr(0, error_code.size()) != error_code) return "an answer of another form";
    std::string code;
    for (const char character : text.substr(error_code.size(), 40)) {
      if (character != '_' && (character < 'A' || character > 'Z')) break;
      code += character;
    }
    return code;
  }

  const std::shared_ptr<PipeClient> client_;
  bool is_asking_ = false;
  bool has_started_ = false;
};

}  // namespace

LaunchAnswer ask_agent(const LaunchQuestion& question) {
  bool has_started = false;
  try {
    Conversation conversation(question);
    try {
      return conversation.run();
    } catch (...) {
      has_started = conversation.has_started();
      throw;
    }
  } catch (const Failure& failure) {
    const std::string why = std::string(failure.step) + " " + std::to_string(failure.win32);
    return {has_started ? LaunchAnswer::Kind::lost : LaunchAnswer::Kind::no_answer, 0, {}, why};
  } catch (...) {
    return {has_started ? LaunchAnswer::Kind::lost : LaunchAnswer::Kind::no_answer, 0, {}, "memory"};
  }
}

}  // namespace epm
