#include "environment_block.h"

#include <userenv.h>

#include <cwchar>
#include <memory>

#include "failure.h"

namespace epm {

namespace {

struct BlockDeleter {
  void operator()(void* block) const { DestroyEnvironmentBlock(block); }
};

}  // namespace

std::string token_environment(HANDLE token) {
  void* block = nullptr;
  check(CreateEnvironmentBlock(&block, token, FALSE), "CreateEnvironmentBlock");
  const std::unique_ptr<void, BlockDeleter> owner(block);
  JsonWriter json;
  json.begin_object();
  json.key("environment");
  json.begin_array();
  for (const wchar_t* entry = static_cast<const wchar_t*>(block); *entry; entry += std::wcslen(entry) + 1) {
    json.value(entry);
  }
  json.end_array();
  json.end_object();
  return json.take();
}

}  // namespace epm
