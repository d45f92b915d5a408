#include "builder/cli/flags/sbom_flags.hpp"

#include "runtime/base/error.hpp"

namespace builder {
namespace {

void take_if_given(std::string& target, const std::string& value) {
    if (!value.empty()) target = value;
}

}  // namespace

std::vector<Flag> sbom_flags(SbomFlags& flags) {
    std::vector<Flag> result = {
        flag("sbom", 0, "PRESET", "generate an SBOM with this preset: syft, syft-spdx, trivy or trivy-spdx",
             flags.preset),
        flag("sbom-scanner-image", 0, "IMAGE", "image of the SBOM scanner", flags.scanner_image),
        flag("sbom-scanner-command", 0, "COMMAND", "scanner command; {ROOTFS}, {CONTEXT} and {OUTPUT} are replaced",
             flags.commands),
        flag("sbom-merge-strategy", 0, "NAME",
             "how several lists become one: cat, merge-cyclonedx-by-component-name-and-version, "
             "merge-spdx-by-package-name-and-versioninfo",
             flags.merge_strategy),
        flag("sbom-output", 0, "FILE", "file to write the SBOM to", flags.output),
        flag("sbom-purl-output", 0, "FILE", "file to write the package URLs to", flags.purl_output),
        flag("sbom-image-output", 0, "PATH", "path of the SBOM in the image", flags.image_output),
        flag("sbom-image-purl-output", 0, "PATH", "path of the package URLs in the image", flags.image_purl_output)};
    result.front().optional_value = "syft";
    return result;
}

SbomRequest make_sbom_request(const SbomFlags& flags) {
    SbomRequest request;
    // Docker's --sbom=false: none, which is so anyway.
    if (flags.preset && *flags.preset != "false") request = sbom_preset(*flags.preset);
    take_if_given(request.scanner_image, flags.scanner_image);
    if (!flags.commands.empty()) request.commands = flags.commands;
    take_if_given(request.merge_strategy, flags.merge_strategy);
    take_if_given(request.output, flags.output);
    take_if_given(request.purl_output, flags.purl_output);
    take_if_given(request.image_output, flags.image_output);
    take_if_given(request.image_purl_output, flags.image_purl_output);
    check_merge_strategy(request.merge_strategy);
    const bool names_any = !request.scanner_image.empty() || !request.commands.empty() || !request.output.empty() ||
                           !request.purl_output.empty() || !request.image_output.empty() ||
                           !request.image_purl_output.empty();
    if (names_any && !request.is_wanted())
        throw runtime::Error(
            "a list of what is in the image needs --sbom, or --sbom-scanner-image and "
            "--sbom-scanner-command");
    return request;
}

}  // namespace builder
