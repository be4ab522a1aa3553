// The client's end: proves who serves the pipe before a byte is sent.
#pragma once

#include <memory>
#include <vector>

#include "lock.h"
#include "object_table.h"
#include "thread.h"

namespace epm {

class PipeClient {
 public:
  // ERROR_FILE_NOT_FOUND: nobody serves the name; ERROR_INVALID_OWNER: not the system does; WAIT_TIMEOUT: no instance
  // is free.
  static std::shared_ptr<PipeClient> open(const wchar_t* name, DWORD timeout_ms);

  void write(const uint8_t* bytes, size_t length);
  // One whole message; it stays when it is longer than `capacity`.
  std::vector<uint8_t> read(DWORD timeout_ms, size_t capacity);
  // Ends calls that wait in other threads.
  void close();

 private:
  PipeClient(Handle pipe);
  DWORD transfer(OVERLAPPED& overlapped, const Handle& event, BOOL started, DWORD timeout_ms, DWORD& length);

  static constexpr size_t max_message = 16 * 1024 * 1024;
  static constexpr DWORD write_ms = 10000;

  Handle pipe_;
  Handle closed_;
  Handle read_done_;
  Handle write_done_;
  Lock read_lock_;
  Lock write_lock_;
  std::vector<uint8_t> message_;  // what was read of the current message
  bool complete_ = false;         // message_ is whole and not taken yet
};

ObjectTable<PipeClient>& clients();

}  // namespace epm
