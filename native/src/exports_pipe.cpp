// Exported functions: pipe server and client.
#include "access_check.h"
#include "epmnative.h"
#include "export_guard.h"
#include "json_writer.h"
#include "pipe_client.h"
#include "pipe_connection.h"
#include "pipe_server.h"
#include "requester_token.h"
#include "tokens.h"

using namespace epm;

namespace {

ObjectTable<PipeServer>& servers() {
  static auto* const table = new ObjectTable<PipeServer>;
  return *table;
}

}  // namespace

epm_error epm_pipe_listen(const epm_pipe_options* options, uint32_t* server) {
  return guarded([&]() -> uint32_t {
    if (!options || !server) return ERROR_INVALID_PARAMETER;
    const uint32_t id = identifiers().next();
    servers().add(id, PipeServer::listen(*options, id));
    *server = id;
    return ERROR_SUCCESS;
  });
}

epm_error epm_pipe_stop(uint32_t server) {
  return guarded([&]() -> uint32_t {
    servers().remove(server)->stop();
    return ERROR_SUCCESS;
  });
}

epm_error epm_pipe_caller(uint32_t connection, char* out, uint32_t capacity, uint32_t* length) {
  return guarded_text(out, capacity, length, [&] { return connections().get(connection)->caller_json(); });
}

epm_error epm_pipe_caller_may(uint32_t connection, uint64_t object, uint32_t rights, uint32_t* allowed) {
  return guarded([&]() -> uint32_t {
    if (!allowed) return ERROR_INVALID_PARAMETER;
    *allowed = 0;
    if (rights == 0) return ERROR_INVALID_PARAMETER;
    const auto connected = connections().get(connection);
    const bool may = token_may(connected->caller_token(), reinterpret_cast<HANDLE>(object), rights);
    *allowed = may ? 1 : 0;
    return ERROR_SUCCESS;
  });
}

epm_error epm_pipe_requester_token(uint32_t connection, uint32_t* token, char* out, uint32_t capacity,
                                   uint32_t* length) {
  return guarded_text(out, capacity, length, [&] {
    if (!token) fail("epm_pipe_requester_token", ERROR_INVALID_PARAMETER);
    const auto connected = connections().get(connection);
    JsonWriter json;
    json.begin_object();
    json.member("factory", "windowsLogon");
    json.end_object();
    std::string text = json.take();
    // A token whose answer does not fit would be lost with its integer.
    if (text.size() > capacity) fail("epm_pipe_requester_token", ERROR_INSUFFICIENT_BUFFER);
    Handle made = requester_token(connected->caller_token(), connected->caller_process());
    const uint32_t id = identifiers().next();
    tokens().add(id, std::make_shared<Handle>(std::move(made)));
    *token = id;
    return text;
  });
}

epm_error epm_session_token(const char16_t* user, uint32_t* token, char* out, uint32_t capacity, uint32_t* length) {
  return guarded_text(out, capacity, length, [&] {
    if (!user || !token) fail("epm_session_token", ERROR_INVALID_PARAMETER);
    *token = 0;
    Handle made = session_token(wide(user));
    JsonWriter json;
    json.begin_object();
    json.member("found", static_cast<bool>(made));
    json.end_object();
    std::string text = json.take();
    if (text.size() > capacity) fail("epm_session_token", ERROR_INSUFFICIENT_BUFFER);
    if (!made) return text;
    const uint32_t id = identifiers().next();
    tokens().add(id, std::make_shared<Handle>(std::move(made)));
    *token = id;
    return text;
  });
}

epm_error epm_pipe_read(uint32_t connection, uint8_t* out, uint32_t capacity, uint32_t* length) {
  return guarded([&]() -> uint32_t {
    if (!length || (!out && capacity != 0)) return ERROR_INVALID_PARAMETER;
    *length = 0;
    Message message;
    if (!connections().get(connection)->read(capacity, message)) return ERROR_NO_DATA;
    return give_bytes(message.data(), message.size(), out, capacity, length);
  });
}

epm_error epm_pipe_write(uint32_t connection, const uint8_t* bytes, uint32_t length) {
  return guarded([&]() -> uint32_t {
    if (!bytes) return ERROR_INVALID_PARAMETER;
    connections().get(connection)->write(bytes, length);
    return ERROR_SUCCESS;
  });
}

epm_error epm_pipe_close(uint32_t connection) {
  return guarded([&]() -> uint32_t {
    connections().remove(connection)->close();
    return ERROR_SUCCESS;
  });
}

epm_error epm_client_open(const char16_t* name, uint32_t timeout_ms, uint32_t* client) {
  return guarded([&]() -> uint32_t {
    if (!client) return ERROR_INVALID_PARAMETER;
    const auto opened = PipeClient::open(wide(name), timeout_ms);
    const uint32_t id = identifiers().next();
    clients().add(id, opened);
    *client = id;
    return ERROR_SUCCESS;
  });
}

epm_error epm_client_write(uint32_t client, const uint8_t* bytes, uint32_t length) {
  return guarded([&]() -> uint32_t {
    if (!bytes) return ERROR_INVALID_PARAMETER;
    clients().get(client)->write(bytes, length);
    return ERROR_SUCCESS;
  });
}

epm_error epm_client_read(uint32_t client, uint32_t timeout_ms, uint8_t* out, uint32_t capacity, uint32_t* length) {
  return guarded([&]() -> uint32_t {
    if (!length || (!out && capacity != 0)) return ERROR_INVALID_PARAMETER;
    *length = 0;
    const auto message = clients().get(client)->read(timeout_ms, capacity);
    return give_bytes(message.data(), message.size(), out, capacity, length);
  });
}

epm_error epm_client_close(uint32_t client) {
  return guarded([&]() -> uint32_t {
    clients().remove(client)->close();
    return ERROR_SUCCESS;
  });
}
