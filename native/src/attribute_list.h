// Attributes of a process that is about to be created.
#pragma once

#include <vector>

#include "failure.h"

namespace epm {

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
