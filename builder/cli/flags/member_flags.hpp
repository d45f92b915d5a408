// The flags that describe a member of a manifest list.
#pragma once

#include <vector>

#include "builder/cli/command.hpp"
#include "builder/images/manifest_list.hpp"
#include "runtime/base/error.hpp"

namespace builder {

/// --annotation, --arch, --features, --os, --os-features, --os-version, --variant.
inline std::vector<Flag> member_flags(MemberFields& fields) {
    Flag annotation{"annotation", 0, "NAME=VALUE", "an annotation"};
    annotation.set = [&fields](const std::string& text) {
        const std::size_t equals = text.find('=');
        if (equals == std::string::npos) throw runtime::Error("no \"=\" found in annotation \"{}\"", text);
        fields.annotations[text.substr(0, equals)] = text.substr(equals + 1);
    };
    return {std::move(annotation),
            flag("arch", 0, "ARCH", "architecture of the image", fields.architecture),
            flag("features", 0, "FEATURE", "accepted: no tool looks at it", fields.features),
            flag("os", 0, "OS", "operating system of the image", fields.os),
            flag("os-features", 0, "FEATURE", "a feature of the operating system that is needed", fields.os_features),
            flag("os-version", 0, "VERSION", "the version of the operating system", fields.os_version),
            flag("variant", 0, "VARIANT", "variant of the architecture", fields.variant)};
}

}  // namespace builder
