#include "registry_values.h"

#include <cstring>

#include "failure.h"
#include "system_function.h"

namespace epm {

namespace {

// KEY_VALUE_FULL_INFORMATION and KeyValueFullInformation (wdm.h). RegEnumValueW gives the same, but asks Wine's server
// twice for each value that is longer than a short text.
struct FullInformation {
  uint32_t title_index;  // nobody uses it
  uint32_t type;
  uint32_t data_offset;
  uint32_t data_length;
  uint32_t name_length;
};
static_assert(sizeof(FullInformation) == 20);
constexpr ULONG full_information = 1;

using NtEnumerateValueKeyFunction = NtStatus(NTAPI*)(HANDLE, ULONG, ULONG, void*, ULONG, ULONG*);

// ntstatus.h.
constexpr auto buffer_overflow = static_cast<NtStatus>(0x80000005);
constexpr auto no_more_entries = static_cast<NtStatus>(0x8000001a);
constexpr auto buffer_too_small = static_cast<NtStatus>(0xc0000023);

constexpr uint32_t alignment = 8;

}  // namespace

uint32_t registry_values(HKEY key, uint32_t first, uint8_t* out, uint32_t capacity, uint32_t* length) {
  const auto enumerate = system_function<NtEnumerateValueKeyFunction>(L"ntdll.dll", "NtEnumerateValueKey");
  if (!enumerate) fail("NtEnumerateValueKey", ERROR_PROC_NOT_FOUND);
  uint32_t used = 0;
  for (uint32_t index = first;; ++index) {
    ULONG needed = 0;
    const NtStatus status = enumerate(key, index, full_information, out + used, capacity - used, &needed);
    if (status == no_more_entries) {
      *length = used;
      return ERROR_NO_MORE_ITEMS;
    }
    if (status == buffer_overflow || status == buffer_too_small) {
      *length = used == 0 ? needed : used;
      return used == 0 ? ERROR_MORE_DATA : ERROR_SUCCESS;
    }
    if (!nt_success(status)) fail_status("NtEnumerateValueKey", status);
    if (needed < sizeof(FullInformation) || needed > capacity - used) fail("NtEnumerateValueKey", ERROR_INVALID_DATA);
    // The last entry may end with the buffer; where the next one begins is then nowhere.
    const uint32_t rest = capacity - used;
    const uint32_t padded = (static_cast<uint32_t>(needed) + alignment - 1) & ~(alignment - 1);
    const uint32_t size = padded < rest ? padded : rest;
    std::memcpy(out + used, &size, sizeof(size));
    used += size;
    if (capacity - used < sizeof(FullInformation)) {
      *length = used;
      return ERROR_SUCCESS;
    }
  }
}

}  // namespace epm
