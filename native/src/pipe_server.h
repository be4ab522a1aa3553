// Serves one pipe name: a listener thread keeps instances waiting, every connection has a thread of its own, and the
// number of both is bounded. So a client that reads or writes slowly holds up nobody but itself.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "epmnative.h"
#include "lock.h"
#include "security_text.h"
#include "thread.h"

namespace epm {

struct PipeOptions {
  std::wstring name;
  std::wstring sddl;
  uint32_t max_message;
  uint32_t max_connections;
  uint32_t max_connections_user;
  uint32_t first_message_ms;
};

class PipeServer : public std::enable_shared_from_this<PipeServer> {
 public:
  // `id`: number of the server in its events. Throws Failure when the name is taken, the options are out of range or the
  // descriptor is wrong.
  static std::shared_ptr<PipeServer> listen(const epm_pipe_options& options, uint32_t id);
  // Ends every connection and frees the name.
  void stop();

  const PipeOptions& options() const { return options_; }
  uint32_t id() const { return id_; }
  HANDLE stopping() const { return stop_.get(); }

  // Counts one connection for the user; false when the user has that many already.
  bool admit(const std::wstring& user);
  void leave(const std::wstring& user);

 private:
  PipeServer(const epm_pipe_options& options, uint32_t id);
  Handle create_instance(bool first);
  void serve(Handle first);
  void accept(Handle pipe);
  // Listening goes on until the server is stopped. Throws when it cannot.
  void listen_on(Handle first);

  PipeOptions options_;
  uint32_t id_;
  SecurityPointer descriptor_;
  Handle stop_;
  Handle listener_;
  Lock lock_;
  std::unordered_map<std::wstring, uint32_t> connections_;
  uint32_t total_ = 0;
};

}  // namespace epm
