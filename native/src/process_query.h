// What the kernel tells of a process.
#pragma once

#include "failure.h"
#include "system_function.h"

namespace epm {

// Of PROCESSINFOCLASS (ntddk.h).
enum class ProcessQuery : ULONG { basic = 0, debug_object = 30, command_line = 60 };

// PROCESS_BASIC_INFORMATION; the headers disagree on the names of its members.
struct ProcessBasics {
  LONG exit_status;
  void* peb;
  ULONG_PTR affinity;
  LONG base_priority;
  ULONG_PTR process_id;
  ULONG_PTR parent;
};
static_assert(sizeof(ProcessBasics) == 48);

// STATUS_PROCEDURE_NOT_FOUND where the system has no such function.
inline NtStatus query_process(HANDLE process, ProcessQuery what, void* answer, ULONG size) {
  using Function = NtStatus(NTAPI*)(HANDLE, ULONG, void*, ULONG, ULONG*);
  static const auto query = system_function<Function>(L"ntdll.dll", "NtQueryInformationProcess");
  constexpr auto not_found = static_cast<NtStatus>(0xC000007A);
  return query ? query(process, static_cast<ULONG>(what), answer, size, nullptr) : not_found;
}

inline NtStatus query_process(HANDLE process, ProcessBasics& basics) {
  return query_process(process, ProcessQuery::basic, &basics, sizeof(basics));
}

}  // namespace epm
