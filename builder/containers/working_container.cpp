#include "builder/containers/working_container.hpp"

#include <unistd.h>

#include <algorithm>

#include "builder/containers/container_mount.hpp"
#include "builder/images/local_images.hpp"
#include "builder/images/stored_images.hpp"
#include "builder/steps/mount_points.hpp"
#include "builder/syntax/suggest.hpp"
#include "layers/oci/manifest.hpp"
#include "layers/oci/platform.hpp"
#include "registry/reference.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace builder {
namespace {

using layers::ContainerRecord;
using runtime::Error;
using runtime::quoted;

/// Fewer digits are a short name far more often than an ID's beginning: `run a` must not end up in another container
/// once `a` is gone.
constexpr std::size_t fewest_digits = 3;

bool may_begin_an_id(const std::string& text) {
    return text.size() >= fewest_digits && text.size() <= 64 &&
           text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

StageState empty_state() {
    layers::Platform platform = layers::host_platform();
    StageState state;
    state.config.os = platform.os;
    state.config.architecture = platform.architecture;
    state.config.variant = platform.variant;
    return state;
}

StageState open_below(layers::Store& store, const ContainerRecord& record, const ContainerState& state) {
    StageState below = empty_state();
    if (record.image_id) {
        const auto image = store.images().find(*record.image_id);
        if (!image) throw Error("the image {} of the container is gone", record.image_id->text());
        below = state_of_image(store, *image);
    }
    for (const layers::LayerRecord& layer : record.layers) below.layers.push_back(SealedLayer::known(layer, ""));
    below.config = state.config;
    below.variables = Variables::from_environment(state.config.config.env);
    return below;
}

}  // namespace

std::optional<ContainerRecord> find_container(layers::Store& store, const std::string& text) {
    if (auto found = store.containers().find_by_name(text)) return found;
    if (!may_begin_an_id(text)) return std::nullopt;
    std::vector<ContainerRecord> found = store.containers().find_by_prefix(text);
    if (found.empty()) return std::nullopt;
    if (found.size() == 1) return std::move(found.front());
    Error error("{} is the beginning of {} container IDs", quoted(text), found.size());
    error.with_hint(fmt::format("give more of it: {} or {}", found[0].id.substr(0, 16), found[1].id.substr(0, 16)));
    throw error;
}

ContainerRecord require_container(layers::Store& store, const std::string& text, const std::string& act) {
    if (auto found = find_container(store, text)) return *std::move(found);
    const std::vector<ContainerRecord> all = store.containers().list();
    std::vector<std::string_view> names;
    for (const ContainerRecord& container : all) names.push_back(container.name);
    throw Error("{}: container not known", act.empty() ? fmt::format("reading build container \"{}\"", text) : act)
        .with_hint(did_you_mean(text, names))
        .with_hint("builder containers lists what there is");
}

std::string working_name(const std::string& image_name, const std::string& suffix) {
    if (image_name.empty()) return suffix;
    const std::string name = image_name.substr(0, image_name.find(':'));
    const std::string last = name.substr(name.rfind('/') + 1);
    return last.substr(0, last.find('@')) + "-" + suffix;
}

ContainerState state_of_base(const std::optional<layers::ImageRecord>& image, const std::string& platform) {
    ContainerState state;
    if (!image) {
        const layers::Platform wanted = layers::normalized(layers::parse_platform(platform));
        state.config.os = wanted.os;
        state.config.architecture = wanted.architecture;
        state.config.variant = wanted.variant;
        return state;
    }
    state.config = layers::oci::parse_image_config(image->config);
    layers::oci::become_base(state.config);
    state.config.diff_ids.clear();
    const layers::oci::Manifest manifest = layers::oci::parse_manifest(image->manifest, image->media_type);
    state.base_annotations = manifest.annotations;
    state.annotations = annotations_to_inherit(*image);
    return state;
}

WorkingContainer::WorkingContainer(layers::Store& store, const std::string& name_or_id)
    : store_(store), record_(require_container(store, name_or_id)) {
    lock();
    state_ = parse_container_state(record_.state);
    below_ = open_below(store, record_, state_);
    whole_ = below_;
    layers::LayerRecord own{0, layers::Digest::of(""), record_.diff_path(), 0, {}};
    whole_.layers.push_back(SealedLayer::known(std::move(own), ""));
    mount_point_ = mount_point_if_mounted(store_, record_);
}

runtime::FileLock container_lock(const layers::Store& store, const ContainerRecord& container) {
    return store.locks().open(container.id);
}

void WorkingContainer::lock() {
    lock_ = container_lock(store_, record_);
    lock_.lock(runtime::FileLock::Kind::shared);
    // Who had it alone has given the container another folder, or has removed it.
    record_ = require_container(store_, record_.id);
    if (::access(record_.folder.c_str(), F_OK) != 0)
        throw Error("the folder of the container {} is gone", quoted(record_.name));
}

bool WorkingContainer::try_lock_alone() {
    return mount_point_.empty() && lock_.try_lock(runtime::FileLock::Kind::exclusive);
}

void WorkingContainer::enter() {
    if (turn_) return;
    turn_.emplace(store_, record_);
    // Another command may have mounted or unmounted it while this one waited.
    mount_point_ = mount_point_if_mounted(store_, record_);
    if (!mount_point_.empty())
        turn_->join();
    else if (store_.driver() == overlay::Driver::copies)
        turn_->be_alone(fmt::format("mount it first, then several can: builder mount {}", record_.name));
    else
        root_of_others_ = turn_->root_of_others();
}

void WorkingContainer::remove_mount_points(const std::vector<runtime::MadePath>& made) {
    if (made.empty()) return;
    // While a stack of folders is mounted, they may only be changed through it.
    std::optional<runtime::Fd> place;
    if (const std::string mounted = mount_point_if_mounted(store_, record_); !mounted.empty())
        place = runtime::open_path(mounted, O_RDONLY | O_DIRECTORY);
    else if (!turn_->is_last())
        place = find_running_root(store_, record_);
    const std::string path = place ? runtime::fd_path(*place) : record_.diff_path();
    builder::remove_mount_points(runtime::open_path(path, O_RDONLY | O_DIRECTORY), made, below_.view());
}

overlay::UpperFolder WorkingContainer::upper() {
    enter();
    const std::string shared = !mount_point_.empty() ? mount_point_
                               : root_of_others_     ? runtime::fd_path(*root_of_others_)
                                                     : "";
    if (!shared.empty())
        return overlay::UpperFolder(shared, overlay::LayeredView({}, overlay::store_marks()),
                                    overlay::UpperState::kept);
    const runtime::Fd folder = runtime::open_path(record_.diff_path(), O_RDONLY | O_DIRECTORY);
    return overlay::UpperFolder(record_.diff_path(), below_.view(), state_of_upper(folder));
}

void WorkingContainer::change_state(const std::function<void(ContainerState&)>& change) {
    record_ = store_.containers().change(record_.id, [&](ContainerRecord& record) {
        ContainerState state = parse_container_state(record.state);
        change(state);
        record.state = write_container_state(state);
        state_ = std::move(state);
    });
}

}  // namespace builder
