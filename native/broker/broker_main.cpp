// epmbroker.exe: starts programs for the agent, which is the only one that starts it. Standard input has the requests of
// the agent, standard output takes the answers; handles that a request names were duplicated into this process by the
// agent. It decides nothing. Once it has started a program that is judged, it is that tree's debugger for the rest of its life.
#include "broker_frames.h"
#include "create_program.h"
#include "debug_loop.h"
#include "hardening.h"
#include "inbox.h"
#include "platform.h"
#include "security_text.h"
#include "token_facts.h"

namespace {

using namespace epm;

Handle handle_of(uint64_t number) { return Handle(reinterpret_cast<HANDLE>(static_cast<uintptr_t>(number))); }

// What this process makes without saying whose it is, above all its debug object, is the system's alone. By default it
// would belong to Administrators, which every elevated program is one of.
void own_objects() {
  Handle token;
  check(OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY | TOKEN_ADJUST_DEFAULT, token.receive()), "OpenProcessToken");
  const SecurityPointer user = sid_from_text(token_user(token.get()).c_str());
  TOKEN_OWNER owner{user.get()};
  // Wine has no call for it; objects belong to the user of the token there.
  if (!SetTokenInformation(token.get(), TokenOwner, &owner, sizeof(owner)) && !is_wine()) {
    fail("SetTokenInformation(Owner)", GetLastError());
  }
  const SecurityPointer descriptor = descriptor_from_sddl(L"D:P(A;;GA;;;SY)(A;;RC;;;OW)");
  TOKEN_DEFAULT_DACL dacl{dacl_of(descriptor)};
  check(SetTokenInformation(token.get(), TokenDefaultDacl, &dacl, sizeof(dacl)), "SetTokenInformation(DefaultDacl)");
}

void tell_failure(HANDLE answers, const Failure& failure) {
  FailedBody body{};
  body.win32 = failure.win32;
  std::strncpy(body.step, failure.step, sizeof(body.step) - 1);
  FrameWriter frame(FrameKind::failed);
  broker::send(answers, frame.body(body));
}

void start(broker::Inbox& inbox, HANDLE answers, const Frame& request) {
  static CreatedProgram copied;  // what the agent has copies of; on Wine only, where it cannot move them
  copied = CreatedProgram{};
  FrameReader reader(request);
  const auto numbers = reader.body<StartNumbers>();
  ProgramOrder order{};
  order.token = handle_of(numbers.token);
  order.job = handle_of(numbers.job);
  order.has_streams = (numbers.flags & start_streams) != 0;
  order.streams = {handle_of(numbers.input), handle_of(numbers.output), handle_of(numbers.error)};
  order.path = reader.text();
  order.command_line = reader.text();
  order.environment = reader.text();
  order.directory = reader.text();
  order.desktop = reader.text();
  order.process_sddl = reader.text();
  reader.end();
  order.show_window = numbers.show_window;
  order.hidden_console = (numbers.flags & start_hidden_console) != 0;
  order.debugged = (numbers.flags & start_judged) != 0;
  CreatedProgram created{};
  try {
    created = create_program(order);
  } catch (const Failure& failure) {
    order = ProgramOrder{};  // before the agent may start another one
    return tell_failure(answers, failure);
  }
  // The job ends its processes when its last handle is closed: that is the agent's.
  order = ProgramOrder{};
  const StartedBody body{reinterpret_cast<uintptr_t>(created.process.get()),
                         reinterpret_cast<uintptr_t>(created.thread.get()), created.process_id, 0};
  if (is_wine()) {
    copied = std::move(created);
  } else {
    created.process.detach();
    created.thread.detach();
  }
  FrameWriter frame(FrameKind::started);
  broker::send(answers, frame.body(body));  // the agent moves the two handles to itself
  if ((numbers.flags & start_judged) == 0) return;
  broker::DebugLoop(inbox, answers, created.process_id, (numbers.flags & start_libraries) != 0).run();
}

void serve() {
  harden_process(false);
  own_objects();
  const HANDLE answers = GetStdHandle(STD_OUTPUT_HANDLE);
  broker::Inbox inbox(GetStdHandle(STD_INPUT_HANDLE));
  for (;;) {
    check(WaitForSingleObject(inbox.arrived(), INFINITE) == WAIT_OBJECT_0, "WaitForSingleObject");
    while (const auto frame = inbox.take()) {
      if (frame->kind != FrameKind::start) fail("frame", ERROR_INVALID_DATA);
      start(inbox, answers, *frame);
    }
  }
}

}  // namespace

int WINAPI wWinMain(HINSTANCE, HINSTANCE, wchar_t*, int) {
  DWORD code = ERROR_NOT_ENOUGH_MEMORY;
  try {
    serve();
  } catch (const epm::Failure& failure) {
    code = failure.win32;
  } catch (const std::exception&) {
  }
  // What is debugged ends with this process; nothing of it may wait.
  TerminateProcess(GetCurrentProcess(), code);
  return static_cast<int>(code);
}
