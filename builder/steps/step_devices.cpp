#include "builder/steps/step_devices.hpp"

#include <algorithm>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;

struct DeviceRequest {
    std::string name;
    bool is_required = false;
};

DeviceRequest parse_device(const std::string& text) {
    DeviceRequest request;
    for (const std::string_view field : runtime::split(text, ',')) {
        if (field == "required" || field == "required=true")
            request.is_required = true;
        else if (field == "required=false")
            request.is_required = false;
        else if (field.starts_with("name="))
            request.name = field.substr(5);
        else if (request.name.empty())
            request.name = field;
        else
            throw Error("--device={}: {} is not known", text, quoted(field)).with_hint("it takes a name, and required");
    }
    if (!runtime::is_cdi_name(request.name))
        throw Error("--device={}: {} is no name of a device", text, quoted(request.name))
            .with_hint("it looks like vendor.com/class=name");
    return request;
}

}  // namespace

bool DevicePermissions::covers(const std::string& name) const {
    return all || std::any_of(names.begin(), names.end(), [&](const std::string& allowed) {
               return name == allowed || name.starts_with(allowed + "=");
           });
}

runtime::DeviceEdits find_step_devices(const std::vector<std::string>& texts, const DevicePermissions& permitted,
                                       const std::vector<std::string>& folders) {
    runtime::DeviceEdits edits;
    for (const std::string& text : texts) {
        const DeviceRequest request = parse_device(text);
        if (!permitted.covers(request.name))
            throw Error("RUN --device={} would reach a device of this machine", request.name)
                .with_hint(fmt::format("pass --allow device={} if you trust this file", request.name));
        if (request.is_required)
            edits.add(runtime::require_cdi_device(request.name, folders));
        else if (const auto found = runtime::find_cdi_device(request.name, folders))
            edits.add(*found);
    }
    return edits;
}

}  // namespace builder
