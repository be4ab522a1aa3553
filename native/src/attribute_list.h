// Attributes of a process that is about to be created.
#pragma once

#include <vector>

#include "failure.h"

namespace epm {

// Bits of PROC_THREAD_ATTRIBUTE_MITIGATION_POLICY that nearly every program bears: DEP, SEHOP, no legacy extension
// points, no images from the network or with a low label, System32 first. Wine accepts and ignores them.
constexpr DWORD64 safe_mitigation = 1ull | 4ull | (1ull << 32) | (1ull << 52) | (1ull << 56) | (1ull << 60);

class AttributeList {
 public:
  explicit AttributeList(DWORD count) {
    SIZE_T size = 0;
    InitializeProcThreadAttributeList(nullptr, count, 0, &size);
    buffer_.resize(size);
    check(InitializeProcThreadAttributeList(get(), count, 0, &size), "InitializeProcThreadAttributeList");
  }
  ~AttributeList() { DeleteProcThreadAttributeList(get()); }
  AttributeList(const AttributeList&) = delete;
  AttributeList& operator=(const AttributeList&) = delete;

  LPPROC_THREAD_ATTRIBUTE_LIST get() { return reinterpret_cast<LPPROC_THREAD_ATTRIBUTE_LIST>(buffer_.data()); }
  bool update(DWORD_PTR attribute, void* value, size_t size) {
    return UpdateProcThreadAttribute(get(), 0, attribute, value, size, nullptr, nullptr) != 0;
  }

 private:
  std::vector<BYTE> buffer_;
};

}  // namespace epm
