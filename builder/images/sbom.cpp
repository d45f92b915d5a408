#include "builder/images/sbom.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "builder/images/local_images.hpp"
#include "builder/steps/copied_root.hpp"
#include "builder/steps/copy_files.hpp"
#include "builder/syntax/suggest.hpp"
#include "layers/layer_writer.hpp"
#include "layers/store/layer_tar.hpp"
#include "layers/verifying_source.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/mounts.hpp"
#include "runtime/sys/path_in_root.hpp"

namespace builder {
namespace {

using nlohmann::json;
using runtime::Error;
using runtime::Fd;
using runtime::quoted;

constexpr const char* cat = "cat";
constexpr const char* merge_cyclonedx = "merge-cyclonedx-by-component-name-and-version";
constexpr const char* merge_spdx = "merge-spdx-by-package-name-and-versioninfo";

constexpr const char* rootfs_folder = "/.rootfs";
constexpr const char* context_folder = "/.context";
constexpr const char* scans_folder = "/.scans";

struct Preset {
    std::string_view name;
    const char* image;
    const char* command;  ///< with {SOURCE} for the folder to look at
    bool is_spdx;
};

constexpr std::array presets = {
    Preset{"syft", "ghcr.io/anchore/syft", "/syft scan -q dir:{SOURCE} --output cyclonedx-json={OUTPUT}", false},
    Preset{"syft-cyclonedx", "ghcr.io/anchore/syft", "/syft scan -q dir:{SOURCE} --output cyclonedx-json={OUTPUT}",
           false},
    Preset{"syft-spdx", "ghcr.io/anchore/syft", "/syft scan -q dir:{SOURCE} --output spdx-json={OUTPUT}", true},
    Preset{"trivy", "ghcr.io/aquasecurity/trivy", "trivy filesystem -q {SOURCE} --format cyclonedx --output {OUTPUT}",
           false},
    Preset{"trivy-cyclonedx", "ghcr.io/aquasecurity/trivy",
           "trivy filesystem -q {SOURCE} --format cyclonedx --output {OUTPUT}", false},
    Preset{"trivy-spdx", "ghcr.io/aquasecurity/trivy",
           "trivy filesystem -q {SOURCE} --format spdx-json --output {OUTPUT}", true},
};

std::string replaced(std::string text, std::string_view name, std::string_view value) {
    for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + value.size()))
        text.replace(at, name.size(), value);
    return text;
}

std::string text_or_empty(const json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

/// The elements of a list that the other one has not, by what tells them apart.
void add_missing(json& target, const json& other, const char* list, const std::vector<const char*>& keys) {
    if (!other.contains(list) || !other[list].is_array()) return;
    if (!target.contains(list) || !target[list].is_array()) target[list] = json::array();
    const auto identity = [&](const json& element) {
        std::string text;
        for (const char* key : keys) text += text_or_empty(element, key) + '\0';
        return text;
    };
    std::set<std::string> known;
    for (const json& element : target[list]) known.insert(identity(element));
    for (const json& element : other[list])
        if (element.is_object() && known.insert(identity(element)).second) target[list].push_back(element);
}

void refuse_other_kind(const json& document, const char* field, const std::string& strategy) {
    if (!document.is_object() || !document.contains(field))
        throw Error("--sbom-merge-strategy {}: a scan gave another kind of document, without {}", strategy, field);
}

void add_urls(const json& document, std::set<std::string>& urls) {
    if (!document.is_object()) return;
    for (const json& component : document.value("components", json::array()))
        if (const std::string url = text_or_empty(component, "purl"); !url.empty()) urls.insert(url);
    for (const json& package : document.value("packages", json::array()))
        for (const json& reference : package.value("externalRefs", json::array()))
            if (text_or_empty(reference, "referenceType") == "purl")
                urls.insert(text_or_empty(reference, "referenceLocator"));
}

/// The words of a command, without a shell: scanners' images often have none.
std::vector<std::string> words_of(const std::string& command, const std::string& output) {
    std::vector<std::string> words;
    std::string word;
    char quote = '\0';
    bool is_open = false;
    for (const char character : command + " ") {
        if (quote != '\0' ? character == quote : character == '\'' || character == '"') {
            quote = quote == '\0' ? character : '\0';
            is_open = true;
        } else if (quote == '\0' && (character == ' ' || character == '\t')) {
            if (is_open || !word.empty()) words.push_back(std::exchange(word, ""));
            is_open = false;
        } else {
            word += character;
        }
    }
    if (quote != '\0') throw Error("--sbom-scanner-command {}: a quote is not closed", quoted(command));
    for (std::string& one : words)
        one = replaced(replaced(replaced(one, "{ROOTFS}", rootfs_folder), "{CONTEXT}", context_folder), "{OUTPUT}",
                       output);
    return words;
}

class Scan {
public:
    Scan(const SbomTools& tools, const StageState& scanned, const StageState& scanner)
        : tools_(tools),
          scanned_(scanned),
          scanner_(scanner),
          output_(tools.store.staging().new_layer()),
          copy_(tools.store.staging().new_layer()) {}

    /// Runs one command and gives what it wrote.
    std::string run(const std::string& command, const StepLabel& label) {
        const std::string name = fmt::format("scan-{}.json", label.number);
        layers::StagedLayer written = tools_.store.staging().new_layer();
        const RunResult result = tools_.runner.run(request(words_of(command, fmt::format("{}/{}", scans_folder, name))),
                                                   written, label, tools_.observer);
        if (!result.container.started)
            throw Error("cannot run the scanner {}: {}", quoted(command), result.container.failure);
        if (result.container.exit_code != 0)
            throw Error("the scanner {} failed with exit code {}", quoted(command), result.container.exit_code)
                .with_output(result.last_output);
        // The image's programs wrote it: a link leads nowhere outside the folder, and what is no file is not waited
        // for.
        const auto file = runtime::open_in_root_if_exists(output_.diff(), name, O_RDONLY | O_NONBLOCK | O_NOCTTY);
        if (!file) throw Error("the scanner {} wrote nothing to {{OUTPUT}}", quoted(command));
        if (!S_ISREG(runtime::stat_of(*file).st_mode))
            throw Error("the scanner {} left something in the place of {{OUTPUT}} that is no file", quoted(command));
        return runtime::read_file(*file, name, limit_bytes);
    }

private:
    static constexpr std::size_t limit_bytes = 1U << 30;

    void bind(RunRequest& request, const std::string& folder, const char* target, bool read_only) const {
        runtime::MountSpec mount;
        mount.target = target;
        mount.read_only = read_only;
        mount.source = static_cast<std::uint32_t>(request.mount_sources.size());
        request.mount_sources.push_back(
            runtime::hold_tree(runtime::open_path(folder, O_PATH | O_DIRECTORY), !read_only));
        request.mounts.push_back(std::move(mount));
    }

    RunRequest request(std::vector<std::string> words) {
        RunRequest request;
        request.arguments = std::move(words);
        request.environment = scanner_.variables.as_environment();
        request.user = scanner_.config.config.user;
        request.network = tools_.network;
        request.lower_folders = scanner_.lower_folders();
        request.view = &scanner_.view();
        runtime::MountSpec rootfs;
        rootfs.kind = runtime::MountSpec::Kind::layers;
        rootfs.target = rootfs_folder;
        rootfs.read_only = true;
        rootfs.layers.lower_folders = scanned_.lower_folders();
        rootfs.layers.user_xattrs = overlay::has_user_marks();
        if (tools_.store.driver() == overlay::Driver::copies) copy_layers(rootfs.layers, copy_);
        request.mounts.push_back(std::move(rootfs));
        if (!tools_.context_folder.empty()) bind(request, tools_.context_folder, context_folder, true);
        bind(request, output_.diff_path(), scans_folder, false);
        return request;
    }

    const SbomTools& tools_;
    const StageState& scanned_;
    const StageState& scanner_;
    layers::StagedLayer output_;
    layers::StagedLayer copy_;
};

std::vector<std::string> run_all(const SbomRequest& request, const SbomTools& tools, const StageState& state) {
    const layers::ImageRecord image = tools.images(request.scanner_image, tools.platform);
    const StageState scanner = state_of_image(tools.store, image);
    Scan scan(tools, state, scanner);
    std::vector<std::string> documents;
    std::size_t number = 0;
    for (const std::string& command : request.commands) {
        ++number;
        if (command.find("{CONTEXT}") != std::string::npos && tools.context_folder.empty()) continue;
        const StepLabel label{0, "sbom", number, request.commands.size(), "SCAN " + command};
        tools.observer.step_started(label);
        const auto started = std::chrono::steady_clock::now();
        documents.push_back(scan.run(command, label));
        tools.observer.step_finished(label, {StepOutcome::done, std::chrono::steady_clock::now() - started});
    }
    if (documents.empty()) throw Error("no scanner command can be run without a context");
    return documents;
}

Fd in_memory(const std::string& content) {
    Fd file(::memfd_create("sbom", MFD_CLOEXEC));
    if (!file) throw runtime::SystemError("cannot make a file in memory");
    runtime::write_all(file, content, "a file in memory");
    return file;
}

void add_layer(const std::map<std::string, std::string>& files, const SbomTools& tools, StageState& state) {
    layers::StagedLayer staged = tools.store.staging().new_layer();
    {
        overlay::UpperFolder upper(staged.diff_path(), state.view());
        const CopyOptions options;
        CopyWriter writer(upper, options);
        for (const auto& [path, content] : files)
            writer.write_file(path, path.substr(path.rfind('/') + 1), in_memory(content), 0644, std::nullopt);
    }
    staged.finish();
    const std::string folder = tools.store.layers().adopt(staged);
    layers::DigestingSink digest;
    layers::write_layer_tar(runtime::open_path(folder, O_RDONLY | O_DIRECTORY), digest,
                            layers::write_options(tools.times));
    const auto bytes = static_cast<std::int64_t>(digest.size_bytes());
    state.layers.push_back(
        SealedLayer::known(tools.store.layers().record({folder, digest.finish(), bytes, tools.times}), ""));
    layers::oci::HistoryEntry entry;
    entry.created_by = "SBOM";
    state.config.history.push_back(std::move(entry));
}

}  // namespace

SbomRequest sbom_preset(const std::string& name) {
    std::vector<std::string_view> names;
    for (const Preset& preset : presets) {
        names.push_back(preset.name);
        if (preset.name != name && !(name.empty() && preset.name == "syft")) continue;
        SbomRequest request;
        request.scanner_image = preset.image;
        for (const char* source : {"{ROOTFS}", "{CONTEXT}"})
            request.commands.push_back(replaced(preset.command, "{SOURCE}", source));
        request.merge_strategy = preset.is_spdx ? merge_spdx : merge_cyclonedx;
        const std::string folder = "/root/buildinfo/content_manifests/";
        request.image_output = folder + (preset.is_spdx ? "sbom-spdx.json" : "sbom-cyclonedx.json");
        request.image_purl_output = folder + "sbom-purl.json";
        return request;
    }
    throw Error("--sbom takes {}, not {}", fmt::join(names, ", "), quoted(name)).with_hint(did_you_mean(name, names));
}

void check_merge_strategy(const std::string& name) {
    if (name.empty() || name == cat || name == merge_cyclonedx || name == merge_spdx) return;
    throw Error("--sbom-merge-strategy takes {}, {} or {}, not {}", cat, merge_cyclonedx, merge_spdx, quoted(name));
}

std::string merge_sboms(const std::vector<std::string>& documents, const std::string& strategy) {
    check_merge_strategy(strategy);
    if (documents.size() == 1) return documents.front();
    if (strategy.empty() || strategy == cat) return fmt::format("{}", fmt::join(documents, ""));
    const bool is_spdx = strategy == merge_spdx;
    std::optional<json> merged;
    for (const std::string& text : documents) {
        const json document = runtime::parse_json(text, "what a scanner wrote");
        refuse_other_kind(document, is_spdx ? "spdxVersion" : "bomFormat", strategy);
        if (!merged) {
            merged = document;
        } else if (is_spdx) {
            add_missing(*merged, document, "packages", {"name", "versionInfo"});
            add_missing(*merged, document, "files", {"SPDXID", "fileName"});
            add_missing(*merged, document, "hasExtractedLicensingInfos", {"licenseId"});
            add_missing(*merged, document, "relationships",
                        {"spdxElementId", "relationshipType", "relatedSpdxElement"});
        } else {
            add_missing(*merged, document, "components", {"name", "version"});
        }
    }
    return runtime::write_json(*merged) + "\n";
}

std::string list_package_urls(const std::vector<std::string>& documents) {
    std::set<std::string> urls;
    for (const std::string& text : documents) add_urls(runtime::parse_json(text, "what a scanner wrote"), urls);
    json list = json::array();
    for (const std::string& url : urls) list.push_back({{"purl", url}});
    return runtime::write_json({{"image_contents", {{"dependencies", list}}}}) + "\n";
}

void scan_image(const SbomRequest& request, const SbomTools& tools, StageState& state) {
    for (const SealedLayerPointer& layer : state.layers) layer->record.wait();
    const std::vector<std::string> documents = run_all(request, tools, state);
    const std::string whole = merge_sboms(documents, request.merge_strategy);
    const bool needs_urls = !request.purl_output.empty() || !request.image_purl_output.empty();
    const std::string urls = needs_urls ? list_package_urls(documents) : "";
    if (!request.output.empty()) runtime::replace_file(request.output, whole);
    if (!request.purl_output.empty()) runtime::replace_file(request.purl_output, urls);
    std::map<std::string, std::string> files;
    if (!request.image_output.empty()) files[request.image_output] = whole;
    if (!request.image_purl_output.empty()) files[request.image_purl_output] = urls;
    if (!files.empty()) add_layer(files, tools, state);
}

}  // namespace builder
