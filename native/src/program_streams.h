// The standard streams of a program that was started here: pipes of which only this process holds the other ends.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "handle.h"
#include "lock.h"

namespace epm {

// The ends that a program inherits, and nothing else.
struct ChildStreams {
  Handle input;
  Handle output;
  Handle error;
};

class ProgramStreams : public std::enable_shared_from_this<ProgramStreams> {
 public:
  static constexpr size_t piece = 32 * 1024;  // bytes that are read of one stream before they are taken
  static constexpr size_t max_input = 32 * 1024;
  static constexpr uint32_t standard_output = 1;
  static constexpr uint32_t standard_error = 2;

  // Makes the pipes. `child` gets inheritable ends; whoever started the program closes them at once.
  static std::shared_ptr<ProgramStreams> make(uint32_t id, std::vector<uint8_t> input, ChildStreams& child);

  // Begins to read and to write; reports {"kind":"output"} when there is something to take or a stream has ended.
  void start();
  // False: nothing was written since. `ended`: nothing will be any more.
  bool take(uint32_t stream, std::vector<uint8_t>& bytes, bool& ended);
  // Ends both: what the program writes from now on fails, and what was not taken is lost.
  void stop();

 private:
  struct Stream {
    Handle pipe;
    Handle done;
    OVERLAPPED overlapped{};
    std::vector<uint8_t> buffer;
    bool pending = false;
    size_t ready = 0;  // bytes of the buffer that were read and not taken
    bool ended = false;
  };

  ProgramStreams(uint32_t id, std::vector<uint8_t> input);
  void serve();
  void start_read(Stream& stream);
  void finish_read(Stream& stream);
  void start_write();
  void finish(Stream& stream);
  void report();
  bool is_over();

  const uint32_t id_;
  Handle stop_;
  Handle wake_;
  Stream input_;
  std::array<Stream, 2> outputs_;
  Lock lock_;
};

}  // namespace epm
