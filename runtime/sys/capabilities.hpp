// Capabilities by name, and the act of keeping just some of them. capabilities(7).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace runtime {

/// A set of capabilities, one bit each, numbered as in linux/capability.h.
using CapabilitySet = std::uint64_t;

/// What a step gets when nothing else is said.
CapabilitySet default_capabilities();

/// The set with the capability of a name ("CAP_CHOWN", "chown"); throws Error for an unknown name.
CapabilitySet capability(std::string_view name);
/// "CAP_CHOWN" and the like, in the order of their names.
std::vector<std::string> capability_names(CapabilitySet set);
/// Every capability this kernel knows.
CapabilitySet all_capabilities();
/// The bounding set of this process: what its children can have at most.
CapabilitySet bounding_capabilities();

/// What this process may do right now.
CapabilitySet effective_capabilities();

/// Takes everything outside keep from the bounding set. Needs CAP_SETPCAP.
void limit_bounding_set(CapabilitySet keep);
/// Makes permitted and effective exactly this, inheritable and ambient empty.
void set_capabilities(CapabilitySet keep);

}  // namespace runtime
