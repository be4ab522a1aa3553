#include "broker.h"

#include "helper_process.h"
#include "platform.h"
#include "private_pipe.h"
#include "thread.h"
#if defined(EPM_TEST_BED)
#include "test_fault.h"
#endif

namespace epm {

namespace {

// Creating a process takes some milliseconds. A loaded machine takes longer, and a broker that takes this long is stuck.
constexpr DWORD start_ms = 60000;
DWORD start_wait() {
#if defined(EPM_TEST_BED)
  return broker_wait(start_ms);
#else
  return start_ms;
#endif
}
// The broker reads all the time: what it has not read after this it will not read.
constexpr DWORD write_ms = 10000;
constexpr char broken[] = "broker";

// The name of a step is a constant of this program, never text of another one.
Failure failure_of(const FailedBody& body) {
  static const char* const steps[] = {"CreateProcessAsUserW", "UpdateProcThreadAttribute(MITIGATION_POLICY)",
                                      "UpdateProcThreadAttribute(HANDLE_LIST)", "AdjustTokenPrivileges"};
  for (const char* const step : steps) {
    if (std::strncmp(step, body.step, sizeof(body.step)) == 0) return {step, body.win32};
  }
  return {"create_program", body.win32};
}

}  // namespace

ObjectTable<Broker>& brokers() {
  static auto* const table = new ObjectTable<Broker>;
  return *table;
}

std::shared_ptr<Broker> Broker::launch(const wchar_t* program) {
  Handle job = make_helper_job(true);
  Handle input;
  Handle output;
  Handle requests = make_private_pipe(PIPE_ACCESS_OUTBOUND, input);
  Handle answers = make_private_pipe(PIPE_ACCESS_INBOUND, output);
  HelperOrder order{nullptr, program, L"", nullptr, input.get(), output.get(), job.get()};
#if defined(EPM_TEST_BED)
  order.faults = take_broker_faults();
#endif
  HelperProcess started = start_helper(order);
  return std::shared_ptr<Broker>(new Broker(std::move(job), std::move(started.process), started.process_id,
                                            std::move(requests), std::move(answers)));
}

Broker::Broker(Handle job, Handle process, DWORD process_id, Handle requests, Handle answers)
    : job_(std::move(job)),
      process_(std::move(process)),
      process_id_(process_id),
      requests_(std::move(requests)),
      answers_(std::move(answers)),
      written_(make_event(true)),
      read_(make_event(true)) {}

Broker::~Broker() { end(); }

// The job, and not the process alone: it is what Windows ends should the agent be gone.
void Broker::end() { TerminateJobObject(job_.get(), ERROR_CANCELLED); }

uint64_t Broker::give(HANDLE handle, bool inheritable) {
  HANDLE given = nullptr;
  if (!DuplicateHandle(GetCurrentProcess(), handle, process_.get(), &given, 0, inheritable, DUPLICATE_SAME_ACCESS)) {
    const DWORD error = GetLastError();
    if (WaitForSingleObject(process_.get(), 0) == WAIT_OBJECT_0) fail_gone();
    fail("DuplicateHandle", error);
  }
  return reinterpret_cast<uintptr_t>(given);
}

Handle Broker::copy(uint64_t handle) { return duplicate(handle, DUPLICATE_SAME_ACCESS); }

Handle Broker::duplicate(uint64_t handle, DWORD options) {
  Handle taken;
  check(DuplicateHandle(process_.get(), reinterpret_cast<HANDLE>(static_cast<uintptr_t>(handle)), GetCurrentProcess(),
                        taken.receive(), 0, FALSE, options),
        "DuplicateHandle");
  return taken;
}

Broker::Answer Broker::start(FrameWriter& frame) {
  send(frame);
  const Frame read = read_frame(start_wait());
  FrameReader reader(read);
  Answer answer{};
  if (read.kind == FrameKind::failed) {
    answer.error = failure_of(reader.body<FailedBody>());
  } else if (read.kind == FrameKind::started) {
    answer.created = reader.body<StartedBody>();
  } else {
    fail(broken, ERROR_INVALID_DATA);
  }
  reader.end();
  return answer;
}

CreatedProgram Broker::take(const Answer& answer) {
  // Wine has the process itself give a handle up, and waits for ever for one that ends meanwhile: the broker closes it there.
  const DWORD move = is_wine() ? DUPLICATE_SAME_ACCESS : DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE;
  CreatedProgram created{duplicate(answer.created.process, move), duplicate(answer.created.thread, move),
                         answer.created.process_id};
  if (GetProcessId(created.process.get()) != created.process_id) fail(broken, ERROR_INVALID_DATA);
  return created;
}

void Broker::watch(std::function<void(const Frame&)> handler, std::function<void()> gone) {
  const auto self = shared_from_this();
  start_thread([self, handler = std::move(handler), gone = std::move(gone)] {
    try {
      for (;;) handler(self->read_frame(INFINITE));
    } catch (const Failure&) {
    } catch (const std::exception&) {
    }
    self->end();
    gone();
  });
}

void Broker::send(FrameWriter& frame) {
  const std::vector<uint8_t>& bytes = frame.take();
  Locked locked(writing_);
  const ULONGLONG end = GetTickCount64() + write_ms;
  for (size_t at = 0; at < bytes.size();) {
    OVERLAPPED overlapped{};
    overlapped.hEvent = written_.get();
    if (!WriteFile(requests_.get(), bytes.data() + at, static_cast<DWORD>(bytes.size() - at), nullptr, &overlapped) &&
        GetLastError() != ERROR_IO_PENDING) {
      fail_gone();
    }
    at += wait(requests_.get(), overlapped, end);
  }
}

Frame Broker::read_frame(DWORD timeout_ms) {
  const ULONGLONG end = timeout_ms == INFINITE ? 0 : GetTickCount64() + timeout_ms;
  FrameHeader header{};
  read_all(&header, 1, end);
  // What has begun to come comes whole.
  const ULONGLONG whole = GetTickCount64() + start_wait();
  read_all(reinterpret_cast<uint8_t*>(&header) + 1, sizeof(header) - 1, whole);
  if (header.length > max_frame) fail(broken, ERROR_INVALID_DATA);
  Frame frame{static_cast<FrameKind>(header.kind), std::vector<uint8_t>(header.length)};
  read_all(frame.body.data(), frame.body.size(), whole);
  return frame;
}

void Broker::read_all(void* to, size_t size, ULONGLONG end) {
  auto* const bytes = static_cast<uint8_t*>(to);
  for (size_t at = 0; at < size;) {
    OVERLAPPED overlapped{};
    overlapped.hEvent = read_.get();
    if (!ReadFile(answers_.get(), bytes + at, static_cast<DWORD>(size - at), nullptr, &overlapped) &&
        GetLastError() != ERROR_IO_PENDING) {
      fail_gone();
    }
    at += wait(answers_.get(), overlapped, end);
  }
}

DWORD Broker::wait(HANDLE pipe, OVERLAPPED& overlapped, ULONGLONG end) {
  // The process too: another one may hold the other end of the pipe by mistake.
  const HANDLE waits[] = {overlapped.hEvent, process_.get()};
  const ULONGLONG now = GetTickCount64();
  const DWORD left = end == 0 ? INFINITE : now < end ? static_cast<DWORD>(end - now) : 0;
  const DWORD result = WaitForMultipleObjects(2, waits, FALSE, left);
  if (result != WAIT_OBJECT_0) CancelIoEx(pipe, &overlapped);
  DWORD length = 0;
  const BOOL done = GetOverlappedResult(pipe, &overlapped, &length, result != WAIT_OBJECT_0);
  if (result == WAIT_TIMEOUT) fail(broken, ERROR_TIMEOUT);
  if (result != WAIT_OBJECT_0 || !done || length == 0) fail_gone();
  return length;
}

// Its exit code is an error number of Windows.
void Broker::fail_gone() {
  constexpr DWORD enough = 1000;  // from closing its pipes to being gone
  DWORD code = ERROR_SUCCESS;
  if (WaitForSingleObject(process_.get(), enough) == WAIT_OBJECT_0) GetExitCodeProcess(process_.get(), &code);
  fail(broken, code == ERROR_SUCCESS ? static_cast<DWORD>(ERROR_BROKEN_PIPE) : code);
}

}  // namespace epm
