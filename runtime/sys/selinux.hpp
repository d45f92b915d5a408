// SELinux by the kernel's own interfaces, without its library: selinuxfs, /proc/PID/attr, security.selinux. A label is
// "user:role:type:level".
#pragma once

#include <optional>
#include <string>

#include "runtime/sys/fd.hpp"

namespace runtime {

/// Whether this kernel has SELinux and it is switched on.
bool has_selinux();

/// Whether the policy that is loaded knows a label; where it cannot be asked, yes.
bool policy_knows(const std::string& label);

/// What the policy calls processes and files of containers.
struct ContainerLabels {
    std::string process;
    std::string file;
};

/// Those of the policy's own list (contexts/lxc_contexts of the policy that /etc/selinux/config names), with categories
/// that keep this container's files from others: chosen by its ID, which is random and hexadecimal, or by chance where
/// that is empty. Nothing where the policy has no such labels: all may be done then that builder may.
std::optional<ContainerLabels> labels_for_container(const std::string& container_id);

/// Lets containers read and execute files that will be made below a folder, which take its label: what overlayfs shows
/// is checked by the label of the overlay, but a program that is mapped also by that of the file below. Nothing where
/// the policy has no such label, or it may not be given.
void label_for_reading(const std::string& folder);

/// The label for files that processes with a label may use: with their level, or with the lowest, which all have.
std::string file_label_for(const std::string& process_label, bool is_shared);

/// Gives an entry of a folder, and everything below it, a label; links are labelled, not followed. What cannot have
/// one, as on a network's file system, stays. Throws SystemError.
void relabel(const Fd& folder, const std::string& name, const std::string& label);

/// The level of a label, as "s0:c1,c2"; "s0" where it has none.
std::string level_of(const std::string& label);

}  // namespace runtime
