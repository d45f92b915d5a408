// A network namespace with nothing but a loopback interface: network_namespaces(7).
#pragma once

#include "runtime/sys/fd.hpp"

namespace runtime {

/// A new one whose loopback interface is up. Throws SystemError.
Fd make_network_namespace();

}  // namespace runtime
