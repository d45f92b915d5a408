// System call filters: the JSON profile format that container tools share, compiled to BPF by libseccomp.
#pragma once

#include <string>
#include <string_view>

#include "runtime/sys/capabilities.hpp"

namespace runtime {

/// A compiled filter: an array of struct sock_filter as bytes.
struct SeccompFilter {
    std::string program;
};

/// The profile that steps run under when nothing else is said.
std::string_view default_seccomp_profile() noexcept;

/// Compiles a profile for this machine. Rules with includes.caps or excludes.caps are taken by the capabilities given.
/// System calls that this libseccomp does not know are left out; they fall under the default action.
/// Throws Error for a profile that is not well formed, naming the rule.
SeccompFilter compile_seccomp(std::string_view profile_json, CapabilitySet capabilities);

/// The same, kept in a folder: compiling takes milliseconds, reading does not. The kept program is used only where the
/// whole profile and the capabilities are the same. An unusable cache folder costs time, never correctness.
SeccompFilter load_or_compile_seccomp(std::string_view profile_json, CapabilitySet capabilities,
                                      const std::string& cache_folder);

/// The profile as the OCI runtime-spec has it (config-linux.md, "Seccomp"), JSON, without the rules that do not apply
/// to this machine and these capabilities. Throws Error as compile_seccomp does.
std::string oci_seccomp(std::string_view profile_json, CapabilitySet capabilities);

/// What the default profile needs beside the form that an OCI runtime is told (socketcall_filter), as a program for the
/// runtime itself, whose containers inherit it. Empty where nothing is needed.
std::string seccomp_beside_runtime();

/// Puts the filter on this process. Needs no_new_privs or CAP_SYS_ADMIN.
void install_seccomp(std::string_view program);

}  // namespace runtime
