// The words of OCI layers for what overlayfs says with devices and xattrs (image-spec, layer.md, "Whiteouts"), and
// which xattrs are content at all.
#pragma once

#include <string_view>

namespace layers {

/// ".wh.NAME" says that NAME of the layers below is deleted.
inline constexpr std::string_view whiteout_prefix = ".wh.";
/// In a folder, says that nothing of it in the layers below is seen.
inline constexpr std::string_view opaque_marker = ".wh..wh..opq";
/// Other names with this start belong to aufs and mean nothing elsewhere.
inline constexpr std::string_view aufs_prefix = ".wh..wh.";

/// Labels and seals that belong to the machine, not to the content: another machine's policy and keys make them anew.
/// All else goes into the layer, ACLs too: where an ACL exists the group bits of the mode are its mask, and without it
/// the owning group would gain what the mask allows.
constexpr bool stays_on_machine(std::string_view xattr) noexcept {
    return xattr == "security.selinux" || xattr == "security.evm" || xattr == "security.ima" ||
           xattr.starts_with("security.SMACK64");
}

}  // namespace layers
