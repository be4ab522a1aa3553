// One client of the pipe server.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "caller.h"
#include "lock.h"
#include "object_table.h"
#include "pipe_server.h"

namespace epm {

using Message = std::vector<uint8_t>;

class PipeConnection : public std::enable_shared_from_this<PipeConnection> {
 public:
  // Takes a connected pipe; `user` was admitted by the server and is given back when the connection ends.
  static void start(std::shared_ptr<PipeServer> server, Handle pipe, std::wstring user);

  const std::string& caller_json() const { return caller_.json; }
  HANDLE caller_token() const { return caller_.token.get(); }
  uint32_t caller_process() const { return caller_.process_id; }
  // Copies the oldest message, and removes it when it fits into `capacity`. False: there is none.
  bool read(size_t capacity, Message& message);
  // Queues the message. Waits only while `max_queued` bytes are queued, 10 s at most.
  void write(const uint8_t* bytes, size_t length);
  // What is queued is still sent, within 10 s; then the pipe closes.
  void close();

 private:
  PipeConnection(std::shared_ptr<PipeServer> server, Handle pipe, std::wstring user);
  void run();
  void serve();
  bool start_read();
  bool read_failed(DWORD error);
  bool finish_read();
  bool take_message(size_t length);
  bool identify();
  bool start_write();
  bool finish_write();
  DWORD time_left() const;
  void end();

  static constexpr DWORD write_ms = 10000;
  static constexpr size_t max_queued = 4 * 1024 * 1024;
  static constexpr size_t max_unread = 8;  // messages; a client that sends more without waiting is dropped

  const std::shared_ptr<PipeServer> server_;
  Handle pipe_;
  std::wstring counted_user_;  // the server counts this connection for this user
  bool counted_ = true;
  Handle wake_;
  Handle read_done_;
  Handle write_done_;
  OVERLAPPED read_overlapped_{};
  OVERLAPPED write_overlapped_{};
  Message buffer_;
  Message writing_;
  bool read_pending_ = false;
  bool write_pending_ = false;
  ULONGLONG deadline_ = 0;        // of the first message
  ULONGLONG write_deadline_ = 0;  // of the write that is under way
  uint32_t id_ = 0;               // 0 until the caller is known
  Caller caller_;

  Lock lock_;
  Condition room_;
  std::deque<Message> inbox_;
  std::deque<Message> outbox_;
  size_t queued_ = 0;
  bool closing_ = false;
  bool gone_ = false;
};

ObjectTable<PipeConnection>& connections();

// Reports a client that was turned away before a request existed.
void report_refused(uint32_t server, const char* reason, DWORD win32, const std::wstring& user);

}  // namespace epm
