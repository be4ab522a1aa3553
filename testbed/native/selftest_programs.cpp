#include "selftest_programs.h"

#include "command_text.h"
#include "handle.h"

namespace selftest {

namespace {

std::u16string sixteen(const std::wstring& text) { return std::u16string(text.begin(), text.end()); }

}  // namespace

epm_account account() {
  return epm_account{u"EPM",
                     u"S-1-5-107",
                     u"selftest_$",
                     account_sid,
                     u"Elevated",
                     u"S-1-5-107-0",
                     u"S-1-5-5-0-1001",
                     1,
                     LOGON32_LOGON_INTERACTIVE,
                     u"SeDebugPrivilege,SeTakeOwnershipPrivilege,SeTcbPrivilege",
                     u"D:(A;;GA;;;SY)(A;;GA;;;S-1-5-107-11-22-33-44-55)",
                     account_sid,
                     u"selftest-1",
                     1};
}

uint32_t make_token() {
  const epm_account wanted = account();
  uint32_t token = 0;
  text_of([&](char* out, uint32_t capacity, uint32_t* length) {
    return epm_token_create(&wanted, &token, out, capacity, length);
  });
  return token;
}

uint32_t new_broker() {
  const std::u16string program = sixteen(own_folder() + L"epmbroker.exe");
  uint32_t made = 0;
  text_of([&](char* out, uint32_t capacity, uint32_t* length) {
    return epm_broker_start(program.c_str(), &made, out, capacity, length);
  });
  return made;
}

uint32_t broker() {
  static const uint32_t one = new_broker();
  return one;
}

std::wstring probe() { return own_folder() + L"epmprobe.exe"; }

std::wstring report_path(uint32_t process_id) {
  return L"C:\\ProgramData\\epm-probe\\" + std::to_wstring(process_id) + L".json";
}

epm_start start_of(uint32_t token) {
  epm_start request{};
  request.token = token;
  request.command_line = u"x";
  request.environment = u"EPM_SELFTEST=clean\0SystemRoot=C:\\windows\0";
  request.directory = u"C:\\windows\\system32";
  request.process_sddl =
      u"O:SYG:SYD:P(A;;RC;;;OW)(A;;0x1fffff;;;SY)(A;;0x1fffff;;;S-1-5-107-11-22-33-44-55)S:(ML;;NWNRNX;;;HI)";
  request.token_sddl = u"O:SYG:SYD:P(A;;RC;;;OW)(A;;GA;;;SY)(A;;0x201ff;;;S-1-5-107-11-22-33-44-55)";
  request.kill_with_agent = 1;
  request.desktop = u"winsta0\\default";
  request.show_window = SW_HIDE;
  return request;
}

Started start(uint32_t token, const std::vector<std::wstring>& arguments, uint32_t limit, bool streams, uint32_t judge,
              uint32_t by) {
  const std::u16string path = sixteen(probe());
  std::vector<std::wstring> all = {probe()};
  all.insert(all.end(), arguments.begin(), arguments.end());
  const std::u16string line = sixteen(bed::command_line(all));
  epm_start request = start_of(token);
  request.broker = by != 0 ? by : judge == 0 ? broker() : new_broker();
  request.judge = judge;
  request.path = path.c_str();
  request.command_line = line.c_str();
  request.active_process_limit = limit;
  request.console = streams ? 1 : 0;
  request.streams = streams ? 1 : 0;
  uint32_t process = 0;
  const std::string answer = text_of([&](char* out, uint32_t capacity, uint32_t* length) {
    return epm_process_start(&request, &process, out, capacity, length);
  });
  require(number_in(answer, "processId") != 0 && contains(answer, "\"startTime\":1"), "the answer", answer);
  // A report that an earlier process with this id left.
  DeleteFileW(report_path(number_in(answer, "processId")).c_str());
  return {process, number_in(answer, "processId"), number_in(answer, "starterProcessId")};
}

bool is_running(uint32_t process_id) {
  const epm::Handle process(OpenProcess(SYNCHRONIZE, FALSE, process_id));
  return process && WaitForSingleObject(process.get(), 0) == WAIT_TIMEOUT;
}

}  // namespace selftest
