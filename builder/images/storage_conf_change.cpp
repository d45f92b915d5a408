#include "builder/images/storage_conf_change.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "registry/settings/storage_conf.hpp"
#include "registry/settings/storage_conf_edit.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/privileges.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;

constexpr std::string_view own_beginning = "# Written by builder setup podman.";

bool is_root() {
    return runtime::invoking_user() == 0;
}

/// A store of another driver is invisible beside one of overlay.
void refuse_other_drivers(const registry::StorageSettings& settings) {
    const bool has_vfs = ::access((settings.root + "/vfs-images").c_str(), F_OK) == 0 &&
                         ::access((settings.root + "/overlay-images").c_str(), F_OK) != 0;
    const std::string driver = settings.driver.empty() && has_vfs ? "vfs" : settings.driver;
    if (driver.empty() || driver == "overlay" || driver == "overlay2") return;
    throw Error("Podman's store {} has the driver {}, and only overlay can use the layers of another store",
                quoted(settings.root), driver)
        .with_hint(
            "move Podman to overlay (podman system reset), or hand images over with docker-archive: and podman load");
}

std::string hint_by_hand(const std::string& store, const std::string& file) {
    return fmt::format("write this line below [storage.options] of {}: {}", file,
                       registry::additional_store_line(store));
}

/// Root could write it, but then it would be root's.
void refuse_file_of_others(const std::string& file) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0 || status.st_uid == ::geteuid()) return;
    throw Error("the file {} belongs to user {}, not to you", quoted(file), status.st_uid)
        .with_hint("let its owner do this, or name another file with CONTAINERS_STORAGE_CONF, for Podman too");
}

}  // namespace

StorageConfChange StorageConfChange::naming(const std::string& store) {
    StorageConfChange change;
    change.store_ = store;
    change.file_ = registry::own_storage_conf();
    const registry::StorageSettings settings = registry::storage_settings();
    refuse_other_drivers(settings);
    if (const auto text = runtime::read_file_if_exists(change.file_)) {
        change.exists_ = true;
        change.before_ = *text;
    }
    try {
        if (change.exists_) {
            change.after_ = registry::with_additional_store(change.before_, change.file_, store);
        } else {
            const std::string held = runtime::read_file_if_exists(settings.file).value_or("");
            change.after_ = is_root() && !held.empty() ? registry::with_additional_store(held, settings.file, store)
                                                       : registry::new_storage_conf(settings, held, store, is_root());
        }
    } catch (Error& error) {
        error.with_hint(hint_by_hand(store, change.file_));
        throw;
    }
    return change;
}

StorageConfChange StorageConfChange::forgetting(const std::string& store, const std::string& file) {
    StorageConfChange change;
    change.store_ = store;
    change.file_ = file;
    const auto text = runtime::read_file_if_exists(file);
    change.exists_ = text.has_value();
    change.before_ = change.after_ = text.value_or("");
    change.keeps_ = change.exists_;
    if (!text) return change;
    try {
        change.after_ = registry::without_additional_store(*text, file, store);
    } catch (Error& error) {
        error.with_hint(
            fmt::format("take {} out of additionalimagestores in {} yourself, and call this again", store, file));
        throw;
    }
    registry::StorageSettings settings = registry::storage_settings(file);
    std::erase(settings.additional, store);
    const bool is_ours = text->starts_with(own_beginning);
    // As setup wrote it, nobody has changed it since.
    if (is_ours && *text == registry::new_storage_conf(settings, *text, store, is_root())) change.keeps_ = false;
    return change;
}

std::string StorageConfChange::describe() const {
    if (!changes()) return fmt::format("{} stays as it is", file_);
    if (!keeps_) return fmt::format("remove {}, which setup wrote", file_);
    if (!exists_)
        return fmt::format("write {}, which is not there yet, with the line\n  {}", file_,
                           registry::additional_store_line(store_));
    const bool adds = after_.size() > before_.size();
    return fmt::format("{} {} {} additionalimagestores of {}", adds ? "put" : "take", store_, adds ? "into" : "out of",
                       file_);
}

void StorageConfChange::apply() const {
    if (!changes()) return;
    std::error_code none;
    // What a link leads to is replaced, not the link.
    const std::filesystem::path real = std::filesystem::weakly_canonical(file_, none);
    const std::string path = none ? file_ : real.string();
    try {
        refuse_file_of_others(path);
        if (!keeps_) {
            if (::unlink(path.c_str()) != 0) throw runtime::SystemError("cannot remove {}", quoted(path));
            return;
        }
        struct stat status {};
        const mode_t mode = ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777 : 0644;
        runtime::make_folders(std::filesystem::path(path).parent_path().string());
        runtime::replace_file(path, after_, mode);
    } catch (Error& error) {
        error.add_context("cannot change {}", quoted(file_));
        if (after_.size() > before_.size()) error.with_hint(hint_by_hand(store_, file_));
        throw;
    }
}

}  // namespace builder
