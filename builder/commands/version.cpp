#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "builder/commands/command_table.hpp"
#include "builder/version.hpp"
#include "layers/oci/platform.hpp"

namespace builder {

Command version_command() {
    auto json = std::make_shared<bool>(false);
    Command command;
    command.name = "version";
    command.uses_store = false;
    command.group = "System";
    command.summary = "print the version";
    command.usage = "[flags]";
    command.flags = {flag("json", 0, "print JSON", *json)};
    command.run = [json](Context&, const Words&) {
        const std::string platform = layers::format_platform(layers::host_platform());
        if (*json)
            std::cout << nlohmann::json({{"version", version}, {"imageSpec", "1.1.1"}, {"osArch", platform}}).dump(4)
                      << "\n";
        else
            std::cout << "Version:      " << version << "\nImage spec:   1.1.1\nOS/Arch:      " << platform << "\n";
        return 0;
    };
    return command;
}

}  // namespace builder
