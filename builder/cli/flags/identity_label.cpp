#include "builder/cli/flags/identity_label.hpp"

#include "builder/images/commit_image.hpp"

namespace builder {
namespace {

/// The Buildah whose behaviour docs/buildah.md compares this program with. It changes with that table alone, so that
/// an update of this program changes no image.
constexpr const char* compared_version = "1.45.0";

}  // namespace

void set_identity_label(std::map<std::string, std::string>& labels, std::optional<bool> wish, bool has_fixed_time) {
    if (wish.value_or(!has_fixed_time)) labels[identity_label] = compared_version;
}

}  // namespace builder
