#include "program_streams.h"

#include <exception>

#include "event_queue.h"
#include "failure.h"
#include "json_writer.h"
#include "overlapped.h"
#include "private_pipe.h"
#include "thread.h"

namespace epm {

ProgramStreams::ProgramStreams(uint32_t id, std::vector<uint8_t> input)
    : id_(id), stop_(make_event(true)), wake_(make_event(false)) {
  if (input.size() > max_input) fail("input", ERROR_INVALID_PARAMETER);
  input_.buffer = std::move(input);
  input_.done = make_event(true);
  for (Stream& stream : outputs_) {
    stream.buffer.resize(piece);
    stream.done = make_event(true);
  }
}

std::shared_ptr<ProgramStreams> ProgramStreams::make(uint32_t id, std::vector<uint8_t> input, ChildStreams& child) {
  std::shared_ptr<ProgramStreams> made(new ProgramStreams(id, std::move(input)));
  made->input_.pipe = make_private_pipe(PIPE_ACCESS_OUTBOUND, child.input);
  made->outputs_[0].pipe = make_private_pipe(PIPE_ACCESS_INBOUND, child.output);
  made->outputs_[1].pipe = make_private_pipe(PIPE_ACCESS_INBOUND, child.error);
  return made;
}

void ProgramStreams::start() {
  const auto self = shared_from_this();
  start_thread([self] { self->serve(); });
}

// ---- called from any thread ---------------------------------------------------------------------------------------

bool ProgramStreams::take(uint32_t stream, std::vector<uint8_t>& bytes, bool& ended) {
  if (stream != standard_output && stream != standard_error) fail("stream", ERROR_INVALID_PARAMETER);
  Stream& from = outputs_[stream - 1];
  Locked locked(lock_);
  ended = from.ready == 0 && from.ended;
  if (from.ready == 0) return false;
  bytes.assign(from.buffer.begin(), from.buffer.begin() + static_cast<ptrdiff_t>(from.ready));
  from.ready = 0;
  SetEvent(wake_.get());
  return true;
}

void ProgramStreams::stop() { SetEvent(stop_.get()); }

// ---- the thread of the streams ------------------------------------------------------------------------------------

void ProgramStreams::serve() {
  try {
    start_write();
    for (Stream& stream : outputs_) start_read(stream);
    const HANDLE waits[] = {stop_.get(), outputs_[0].done.get(), outputs_[1].done.get(), input_.done.get(),
                            wake_.get()};
    while (!is_over()) {
      const DWORD result = WaitForMultipleObjects(5, waits, FALSE, INFINITE);
      if (result == WAIT_OBJECT_0 + 1 || result == WAIT_OBJECT_0 + 2) {
        finish_read(outputs_[result - WAIT_OBJECT_0 - 1]);
      } else if (result == WAIT_OBJECT_0 + 3) {
        finish(input_);
      } else if (result == WAIT_OBJECT_0 + 4) {
        for (Stream& stream : outputs_) start_read(stream);
      } else {
        break;
      }
    }
  } catch (const Failure&) {
    // The streams end here; the program learns it when it writes.
  } catch (const std::exception&) {
  }
  finish(input_);
  for (Stream& stream : outputs_) finish(stream);
  report();
}

// Nothing is read before what was read is taken: a client that does not take stops the program, not this process.
void ProgramStreams::start_read(Stream& stream) {
  {
    Locked locked(lock_);
    if (stream.pending || stream.ended || stream.ready != 0) return;
  }
  check(ResetEvent(stream.done.get()), "ResetEvent");
  stream.overlapped = OVERLAPPED{};
  stream.overlapped.hEvent = stream.done.get();
  const BOOL done = ReadFile(stream.pipe.get(), stream.buffer.data(), static_cast<DWORD>(stream.buffer.size()), nullptr,
                             &stream.overlapped);
  if (done || GetLastError() == ERROR_IO_PENDING) {
    stream.pending = true;  // also when it is done: the event is set then, and finish_read takes the result
    return;
  }
  finish(stream);
  report();
}

void ProgramStreams::finish_read(Stream& stream) {
  check(ResetEvent(stream.done.get()), "ResetEvent");
  if (!stream.pending) return;
  DWORD length = 0;
  const BOOL done = GetOverlappedResult(stream.pipe.get(), &stream.overlapped, &length, FALSE);
  stream.pending = false;
  if (!done) {
    finish(stream);
    report();
    return;
  }
  // A program may write nothing at all, which is not the end of a pipe.
  if (length == 0) return start_read(stream);
  {
    Locked locked(lock_);
    stream.ready = length;
  }
  report();
}

void ProgramStreams::start_write() {
  if (input_.buffer.empty()) return finish(input_);
  input_.overlapped.hEvent = input_.done.get();
  const BOOL done = WriteFile(input_.pipe.get(), input_.buffer.data(), static_cast<DWORD>(input_.buffer.size()),
                              nullptr, &input_.overlapped);
  if (!done && GetLastError() != ERROR_IO_PENDING) return finish(input_);
  input_.pending = true;
}

// Ends what is under way and closes the pipe. What the program has not read of its input yet it still can.
void ProgramStreams::finish(Stream& stream) {
  if (stream.pending) end_transfer(stream.pipe.get(), stream.overlapped);
  stream.pending = false;
  stream.pipe.close();
  ResetEvent(stream.done.get());
  Locked locked(lock_);
  stream.ended = true;
}

bool ProgramStreams::is_over() { return input_.ended && outputs_[0].ended && outputs_[1].ended; }

void ProgramStreams::report() {
  try {
    JsonWriter json;
    json.begin_object();
    json.member("kind", "output");
    json.member("process", id_);
    json.end_object();
    events().push_once(json.take());
  } catch (const std::exception&) {
    // Without memory for an event nothing works any more.
  }
}

}  // namespace epm
