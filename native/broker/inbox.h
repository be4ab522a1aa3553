// Frames of the agent, read on a thread of their own. When the agent is gone this process ends at once, and with it what
// it debugs.
#pragma once

#include <deque>
#include <optional>

#include "broker_frames.h"
#include "handle.h"
#include "lock.h"

namespace broker {

class Inbox {
 public:
  explicit Inbox(HANDLE pipe);
  // Signalled while there is a frame.
  HANDLE arrived() const { return arrived_.get(); }
  std::optional<epm::Frame> take();

 private:
  void serve();

  const HANDLE pipe_;
  epm::Handle arrived_;
  epm::Lock lock_;
  std::deque<epm::Frame> frames_;
};

// Writes a frame to the agent. When it cannot, this process ends.
void send(HANDLE pipe, epm::FrameWriter& frame);

}  // namespace broker
