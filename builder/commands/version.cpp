#include <fmt/format.h>

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "builder/commands/command_table.hpp"
#include "builder/version.hpp"
#include "layers/oci/platform.hpp"

namespace builder {

namespace {

struct VersionFact {
    std::string title;
    std::string key;
    std::string value;
};

/// The lines that scripts look for. What builder is not made of is empty.
std::vector<VersionFact> version_facts(const std::string& platform) {
    return {{"Version", "version", version},
            {"Go Version", "goVersion", ""},
            {"Image Spec", "imageSpec", "1.1.1"},
            {"Runtime Spec", "runtimeSpec", "1.2.1"},
            {"CNI Spec", "cniSpec", ""},
            {"libcni Version", "libcniVersion", ""},
            {"image Version", "imageVersion", ""},
            {"Git Commit", "gitCommit", ""},
            {"Built", "built", ""},
            {"OS/Arch", "osArch", platform},
            {"BuildPlatform", "buildPlatform", platform}};
}

}  // namespace

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
        const auto facts = version_facts(platform);
        nlohmann::ordered_json document;
        for (const VersionFact& fact : facts) {
            document[fact.key] = fact.value;
            if (!*json) std::cout << fmt::format("{:<16} {}\n", fact.title + ":", fact.value);
        }
        if (*json) std::cout << document.dump(4) << "\n";
        return 0;
    };
    return command;
}

}  // namespace builder
