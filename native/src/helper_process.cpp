#include "helper_process.h"

#include <vector>

#include "attribute_list.h"
#include "failure.h"
#include "security_text.h"

namespace epm {

namespace {

// Nobody but the system reaches the program, above all no elevated one.
constexpr wchar_t helper_sddl[] = L"O:SYG:SYD:P(A;;0x1fffff;;;SY)(A;;RC;;;OW)";

std::wstring windows_folder() {
  std::wstring path(MAX_PATH, L'\0');
  const UINT length = GetSystemWindowsDirectoryW(path.data(), static_cast<UINT>(path.size()));
  check(length != 0, "GetSystemWindowsDirectoryW");
  if (length >= path.size()) fail("GetSystemWindowsDirectoryW", ERROR_INSUFFICIENT_BUFFER);
  path.resize(length);
  return path;
}

void require_in_job(HANDLE process, HANDLE job) {
  BOOL in_job = FALSE;
  if (IsProcessInJob(process, job, &in_job) && in_job) return;
  check(AssignProcessToJobObject(job, process), "AssignProcessToJobObject");
}

}  // namespace

Handle make_helper_job(bool children, bool stays) {
  const SecurityPointer descriptor = descriptor_from_sddl(L"O:SYG:SYD:P(A;;GA;;;SY)(A;;RC;;;OW)");
  SECURITY_ATTRIBUTES attributes{sizeof(attributes), descriptor.get(), FALSE};
  Handle job(CreateJobObjectW(&attributes, nullptr));
  check(static_cast<bool>(job), "CreateJobObjectW");
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits{};
  if (!stays) limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
  if (children) {
    limits.BasicLimitInformation.LimitFlags |= JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK;
  } else {
    limits.BasicLimitInformation.LimitFlags |= JOB_OBJECT_LIMIT_ACTIVE_PROCESS;
    limits.BasicLimitInformation.ActiveProcessLimit = 1;
  }
  check(SetInformationJobObject(job.get(), JobObjectExtendedLimitInformation, &limits, sizeof(limits)),
        "SetInformationJobObject(ExtendedLimit)");
  return job;
}

HelperProcess start_helper(const HelperOrder& order) {
  AttributeList attributes(3);
  DWORD64 policy = safe_mitigation;
  check(attributes.update(PROC_THREAD_ATTRIBUTE_MITIGATION_POLICY, &policy, sizeof(policy)),
        "UpdateProcThreadAttribute(MITIGATION_POLICY)");
  std::vector<HANDLE> handles;
  if (order.input) handles.push_back(order.input);
  handles.push_back(order.output);
  check(attributes.update(PROC_THREAD_ATTRIBUTE_HANDLE_LIST, handles.data(), handles.size() * sizeof(HANDLE)),
        "UpdateProcThreadAttribute(HANDLE_LIST)");
  HANDLE jobs[] = {order.job};
  // Where the attribute is not known, require_in_job joins it while it is suspended.
  (void)attributes.update(PROC_THREAD_ATTRIBUTE_JOB_LIST, jobs, sizeof(jobs));

  STARTUPINFOEXW startup{};
  startup.StartupInfo.cb = sizeof(startup);
  startup.StartupInfo.lpDesktop = order.desktop;
  startup.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
  startup.StartupInfo.hStdInput = order.input;
  startup.StartupInfo.hStdOutput = order.output;
  startup.lpAttributeList = attributes.get();
  const SecurityPointer descriptor = descriptor_from_sddl(helper_sddl);
  SECURITY_ATTRIBUTES security{sizeof(security), descriptor.get(), FALSE};
  const std::wstring windows = windows_folder();
  std::wstring environment = L"SystemRoot=" + windows;
#if defined(EPM_TEST_BED)
  environment = order.faults + environment;
#endif
  environment.append(2, L'\0');
  std::wstring line = L"\"" + std::wstring(order.program) + L"\"" + order.arguments;
  const DWORD flags = CREATE_SUSPENDED | CREATE_NO_WINDOW | CREATE_UNICODE_ENVIRONMENT | EXTENDED_STARTUPINFO_PRESENT;
  PROCESS_INFORMATION information{};
  const BOOL created =
      order.token ? CreateProcessAsUserW(order.token, order.program, line.data(), &security, &security, TRUE, flags,
                                         environment.data(), windows.c_str(), &startup.StartupInfo, &information)
                  : CreateProcessW(order.program, line.data(), &security, &security, TRUE, flags, environment.data(),
                                   windows.c_str(), &startup.StartupInfo, &information);
  Handle process(information.hProcess);
  const Handle thread(information.hThread);
  check(created, order.token ? "CreateProcessAsUserW" : "CreateProcessW");
  try {
    require_in_job(process.get(), order.job);
    check(ResumeThread(thread.get()) != static_cast<DWORD>(-1), "ResumeThread");
  } catch (...) {
    TerminateProcess(process.get(), ERROR_CANCELLED);
    throw;
  }
  return {std::move(process), information.dwProcessId};
}

}  // namespace epm
