// What a build is asked for, as flags and settings say.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "builder/engine/run/executor.hpp"
#include "builder/images/sbom.hpp"
#include "builder/images/size_budget.hpp"
#include "builder/plan/build_plan.hpp"
#include "builder/steps/step_policy.hpp"
#include "registry/export_image.hpp"
#include "registry/settings/access_options.hpp"

namespace builder {

struct FailedBuild;

struct BuildImageRequest {
    StepPolicy steps = {};               ///< without the times and the platform, which the plan decides
    std::string context = ".";           ///< as parse_main_context() takes it
    std::vector<std::string> files;      ///< -f
    std::string default_file;            ///< in the context, where no file is named; empty: the usual names
    std::vector<std::string> cpp_flags;  ///< for files that end in .in
    std::string ignore_file;
    std::string target;
    std::map<std::string, std::string> named_contexts;  ///< name to place
    std::map<std::string, std::string> labels;
    std::map<std::string, std::string> own_labels;  ///< builder's, of every image that is made
    std::map<std::string, std::string> annotations;
    std::map<std::string, std::string> index_annotations;       ///< of the list of several platforms
    std::map<std::string, std::string> descriptor_annotations;  ///< of its members
    bool caches_inline = false;             ///< the image tells of its steps: --cache-to type=inline
    std::optional<SizeBudget> budget;       ///< --budget
    std::vector<std::string> destinations;  ///< -t: names, or transports
    std::vector<std::string> outputs;       ///< -o
    std::string format = "oci";
    std::string platform;  ///< empty: this machine's
    std::string pull_policy = "missing";
    registry::AccessOptions access = {};                   ///< how registries are reached
    std::vector<std::string> cache_from;                   ///< caches elsewhere that are read
    std::vector<std::string> cache_to;                     ///< and written
    registry::ExportOptions packing = {};                  ///< for destinations that are places
    std::vector<registry::CryptKey> decryption_keys = {};  ///< for images that are encrypted
    std::optional<std::int64_t> timestamp;
    std::optional<std::int64_t> source_date_epoch;  ///< else the build argument SOURCE_DATE_EPOCH
    bool rewrite_timestamp = false;
    bool no_cache = false;
    std::vector<std::string> no_cache_filter;  ///< stages whose steps are not taken from the cache
    bool use_layers = true;
    bool keeps_in_store = false;     ///< though all destinations are places
    bool keeps_step_images = false;  ///< --layers, asked for by name
    bool squash = false;
    bool save_stages = false;                         ///< keep the other stages as images, too
    bool stage_labels = false;                        ///< say in their labels which stage they are
    std::string first_base;                           ///< --from: stands for the image of the first FROM
    Inheritance inheritance;                          ///< from base images and base stages
    bool notes_creation = true;                       ///< an annotation with the time of the image
    std::map<std::string, std::string> layer_labels;  ///< of the images of other stages
    SbomRequest sbom;                                 ///< a list of what is in the image
    std::string sign_by;                              ///< a key of GnuPG, for what goes to a registry
    std::string source_policy_file;                   ///< which sources may be used
    bool passes_proxies = true;                       ///< RUN sees the variables of this machine that name proxies
    std::function<void(layers::oci::ImageConfig&)> adjust_image;  ///< changes of the image's configuration
    std::optional<ResumedStep> resumed;                           ///< `debug resume`
    std::function<void(FailedBuild&)> on_failure;                 ///< --on-error; may be missing
    bool skip_unused_stages = true;
    std::optional<std::uint64_t> log_limit_bytes;  ///< how much of the output of each step is told
    std::optional<std::int64_t> jobs;
};

/// The request with the build arguments that flags and the environment stand for, and with the settings that build
/// arguments stand for: SOURCE_DATE_EPOCH, BUILDKIT_SANDBOX_HOSTNAME.
BuildImageRequest with_predefined_arguments(BuildImageRequest request);
/// The platform that is built for, normalized: the one that was asked for, else this machine's.
std::string target_platform(const BuildImageRequest& request);
PlanRequest make_plan_request(const BuildImageRequest& request, const std::string& platform);

}  // namespace builder
