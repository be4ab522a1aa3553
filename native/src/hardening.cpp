#include "hardening.h"

#include <vector>

#include "json_writer.h"
#include "platform.h"
#include "security_text.h"
#include "system_function.h"

namespace epm {

namespace {

// PROCESS_MITIGATION_POLICY values and their one-DWORD structures; some are newer than the headers in use.
constexpr int policy_strict_handle = 3;
constexpr int policy_extension_point = 6;
constexpr int policy_font = 9;
constexpr int policy_image_load = 10;
constexpr int policy_redirection_trust = 16;

// Set, and there when it is asked for. Wine takes every policy and tells of none.
bool set_policy(int policy, DWORD bits) {
  using SetFunction = BOOL(WINAPI*)(int, void*, SIZE_T);
  using GetFunction = BOOL(WINAPI*)(HANDLE, int, void*, SIZE_T);
  const auto set = system_function<SetFunction>(L"kernel32.dll", "SetProcessMitigationPolicy");
  const auto get = system_function<GetFunction>(L"kernel32.dll", "GetProcessMitigationPolicy");
  if (!set || !get || !set(policy, &bits, sizeof(bits))) return false;
  DWORD found = 0;
  return is_wine() || (get(GetCurrentProcess(), policy, &found, sizeof(found)) && (found & bits) == bits);
}

bool dll_directories() {
  return SetDefaultDllDirectories(LOAD_LIBRARY_SEARCH_SYSTEM32 | LOAD_LIBRARY_SEARCH_APPLICATION_DIR) &&
         SetDllDirectoryW(L"");
}

// Files of cloud folders are seen as the placeholders they are. Without this Windows shows them as ordinary files to most
// programs, and reading one would fetch its content from a server (ntifs.h, PHCM_EXPOSE_PLACEHOLDERS).
bool cloud_placeholders() {
  constexpr CHAR expose = 2;
  const auto set = system_function<CHAR(NTAPI*)(CHAR)>(L"ntdll.dll", "RtlSetProcessPlaceholderCompatibilityMode");
  const auto query = system_function<CHAR(NTAPI*)()>(L"ntdll.dll", "RtlQueryProcessPlaceholderCompatibilityMode");
  return set && query && set(expose) >= 0 && query() == expose;
}

// SYNCHRONIZE and PROCESS_QUERY_LIMITED_INFORMATION. SeDebugPrivilege still opens it.
bool close_process() {
  const SecurityPointer descriptor = descriptor_from_sddl(L"D:P(A;;0x1fffff;;;SY)(A;;0x101000;;;BA)(A;;RC;;;OW)");
  return SetKernelObjectSecurity(GetCurrentProcess(), DACL_SECURITY_INFORMATION, descriptor.get()) != 0;
}

struct Measure {
  const char* name;
  bool applied;
};

}  // namespace

std::string harden_process(bool closes) {
  std::vector<Measure> measures = {
      {"dllDirectories", dll_directories()},
      {"searchPathMode", SetSearchPathMode(BASE_SEARCH_PATH_ENABLE_SAFE_SEARCHMODE | BASE_SEARCH_PATH_PERMANENT) != 0},
      {"heapTerminateOnCorruption", HeapSetInformation(nullptr, HeapEnableTerminationOnCorruption, nullptr, 0) != 0},
      {"strictHandles", set_policy(policy_strict_handle, 3)},         // raise, and permanently
      {"noExtensionPoints", set_policy(policy_extension_point, 1)},   // no AppInit DLLs and legacy hooks
      {"noForeignFonts", set_policy(policy_font, 1)},                 // only fonts of the system
      {"imageLoad", set_policy(policy_image_load, 7)},                // no remote, no low label, System32 first
      {"cloudPlaceholders", cloud_placeholders()},                    // none looks like an ordinary file
      {"redirectionTrust", set_policy(policy_redirection_trust, 1)},  // no junctions that users made
  };
  if (closes) measures.push_back({"closedProcess", close_process()});
  JsonWriter json;
  json.begin_object();
  for (const bool wanted : {true, false}) {
    json.key(wanted ? "applied" : "refused");
    json.begin_array();
    for (const Measure& measure : measures) {
      if (measure.applied == wanted) json.value(measure.name);
    }
    json.end_array();
  }
  json.end_object();
  return json.take();
}

}  // namespace epm
