#include "process_start.h"

#include <cwchar>
#include <vector>

#include "broker.h"
#include "failure.h"
#include "json_writer.h"
#include "process_facts.h"
#include "security_text.h"

namespace epm {

namespace {

constexpr size_t max_command_line = 32766;

// Only the system reaches the job: its owner is not Administrators, which every elevated program has, and being the owner
// gives nothing but reading the permissions (OWNER RIGHTS, [MS-DTYP] 2.4.2.4). No limit flag for breakaway means that no descendant can leave it.
Handle make_job(const epm_start& start) {
  const SecurityPointer descriptor = descriptor_from_sddl(L"O:SYG:SYD:P(A;;GA;;;SY)(A;;RC;;;OW)");
  SECURITY_ATTRIBUTES attributes{sizeof(attributes), descriptor.get(), FALSE};
  Handle job(CreateJobObjectW(&attributes, nullptr));
  check(static_cast<bool>(job), "CreateJobObjectW");
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits{};
  // Wine takes the limit flag and forgets the number: a child is created there all the same.
  if (start.active_process_limit != 0) {
    limits.BasicLimitInformation.LimitFlags |= JOB_OBJECT_LIMIT_ACTIVE_PROCESS;
    limits.BasicLimitInformation.ActiveProcessLimit = start.active_process_limit;
  }
  if (start.kill_with_agent != 0) limits.BasicLimitInformation.LimitFlags |= JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
  check(SetInformationJobObject(job.get(), JobObjectExtendedLimitInformation, &limits, sizeof(limits)),
        "SetInformationJobObject(ExtendedLimit)");
  return job;
}

// A process that is ended unless it was given on.
struct Suspended : CreatedProgram {
  explicit Suspended(CreatedProgram created) : CreatedProgram(std::move(created)) {}
  Suspended(Suspended&&) = default;
  ~Suspended() {
    if (process) TerminateProcess(process.get(), ERROR_CANCELLED);
  }
};

void require_in_job(HANDLE process, HANDLE job) {
  BOOL in_job = FALSE;
  check(IsProcessInJob(process, job, &in_job), "IsProcessInJob");
  if (in_job) return;
  check(AssignProcessToJobObject(job, process), "AssignProcessToJobObject");
  check(IsProcessInJob(process, job, &in_job), "IsProcessInJob");
  if (!in_job) fail("AssignProcessToJobObject", ERROR_ACCESS_DENIED);
}

// The process has a token of its own by now, with the security that Windows gives by default.
void protect_token(HANDLE process, const wchar_t* sddl) {
  const SecurityPointer descriptor = descriptor_from_sddl(sddl);
  Handle token;
  check(OpenProcessToken(process, READ_CONTROL | WRITE_DAC | WRITE_OWNER, token.receive()), "OpenProcessToken");
  check(SetKernelObjectSecurity(token.get(), OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION, descriptor.get()),
        "SetKernelObjectSecurity");
}

uint64_t creation_time(HANDLE process) {
  FILETIME created{};
  FILETIME ended{};
  FILETIME kernel{};
  FILETIME user{};
  check(GetProcessTimes(process, &created, &ended, &kernel, &user), "GetProcessTimes");
  return unix_milliseconds(created);
}

std::shared_ptr<ProgramStreams> make_streams(const epm_start& start, uint32_t id, ChildStreams& child) {
  if (start.input_length != 0 && (start.streams == 0 || !start.input)) fail("input", ERROR_INVALID_PARAMETER);
  if (start.streams == 0) return nullptr;
  if (start.input_length > ProgramStreams::max_input) fail("input", ERROR_INVALID_PARAMETER);
  return ProgramStreams::make(id, std::vector<uint8_t>(start.input, start.input + start.input_length), child);
}

// The block of an environment with both its NULs at the end; two are there in any case.
std::wstring environment_of(const epm_start& start) {
  const wchar_t* const block = wide(start.environment);
  const wchar_t* end = block;
  while (*end != 0) end += std::wcslen(end) + 1;
  std::wstring text(block, end);
  text.append(2, L'\0');
  return text;
}

// A broker that did not answer as it should may still have copies of the token and the job: it goes.
Suspended create_by(Broker& broker, const epm_start& start, HANDLE token, HANDLE job, const ChildStreams& child) {
  bool is_clean = false;
  try {
    StartNumbers numbers{};
    numbers.token = broker.give(token, false);
    numbers.job = broker.give(job, false);
    if (start.streams != 0) {
      numbers.input = broker.give(child.input.get(), true);
      numbers.output = broker.give(child.output.get(), true);
      numbers.error = broker.give(child.error.get(), true);
    }
    numbers.flags = (start.streams != 0 ? start_streams : 0u) | (start.console != 0 ? start_hidden_console : 0u) |
                    (start.judge != judge_none ? start_judged : 0u) |
                    (start.judge == judge_libraries ? start_libraries : 0u);
    numbers.show_window = start.show_window;
    FrameWriter frame(FrameKind::start);
    frame.body(numbers)
        .text(wide(start.path))
        .text(wide(start.command_line))
        .text(environment_of(start))
        .text(wide(start.directory))
        .text(wide(start.desktop))
        .text(wide(start.process_sddl));
    const Broker::Answer answer = broker.start(frame);
    if (answer.error) {
      is_clean = true;
      throw *answer.error;
    }
    Suspended made(broker.take(answer));
    is_clean = true;
    return made;
  } catch (...) {
    if (!is_clean) {
      broker.end();
      TerminateJobObject(job, ERROR_CANCELLED);
    }
    throw;
  }
}

void require_text(const char16_t* text, const char* name) {
  if (!text || text[0] == 0) fail(name, ERROR_INVALID_PARAMETER);
}

}  // namespace

StartedAnswer start_process(const epm_start& start, HANDLE token) {
  require_text(start.path, "path");
  require_text(start.command_line, "command_line");
  require_text(start.directory, "directory");
  require_text(start.desktop, "desktop");
  require_text(start.process_sddl, "process_sddl");
  require_text(start.token_sddl, "token_sddl");
  require_text(start.environment, "environment");  // without one the child would get the agent's
  if (std::wcslen(wide(start.command_line)) > max_command_line) fail("command_line", ERROR_INVALID_PARAMETER);
  if (start.judge > judge_libraries) fail("judge", ERROR_INVALID_PARAMETER);
  const std::shared_ptr<Broker> broker = brokers().get(start.broker);

  Handle job = make_job(start);
  const uint32_t id = identifiers().next();
  attach_to_port(job.get(), id);
  ChildStreams child;
  const auto streams = make_streams(start, id, child);

  Suspended made = create_by(*broker, start, token, job.get(), child);
  // From here on the streams end with the last process that has them.
  child = ChildStreams{};
  require_in_job(made.process.get(), job.get());
  protect_token(made.process.get(), wide(start.token_sddl));

  JsonWriter json;
  json.begin_object();
  json.member("processId", static_cast<uint32_t>(made.process_id));
  json.member("startTime", creation_time(made.process.get()));
  json.member("starterProcessId", static_cast<uint32_t>(broker->process_id()));
  json.end_object();

  const auto process =
      std::make_shared<StartedProcess>(id, std::move(made.process), std::move(made.thread), std::move(job), streams);
  processes().add(id, process);
  try {
    process->watch();
    if (streams) streams->start();
    if (start.judge != judge_none) {
      brokers().remove(start.broker);  // it watches this tree from now on
      process->judge(broker);
    }
  } catch (...) {
    processes().remove(id)->release();
    throw;
  }
  return {id, json.take()};
}

}  // namespace epm
