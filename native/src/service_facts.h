// How a service is registered, as the service control manager tells it.
#pragma once

#include <string>

namespace epm {

// The JSON of epm_service_facts. Throws Failure, ERROR_SERVICE_DOES_NOT_EXIST for a service that is not registered.
std::string service_facts(const wchar_t* name);

}  // namespace epm
