#include "layers/store/build_files.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "layers/store/staging.hpp"
#include "layers/store/store_folders.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"
#include "runtime/base/text.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"

namespace layers {
namespace {

using runtime::FileLock;

constexpr std::size_t id_digits = 12;
constexpr std::size_t subject_digits = 16;
constexpr std::size_t time_digits = 16;
constexpr std::string_view events_ending = ".events";
constexpr std::size_t largest_events = 256U << 20;
constexpr std::size_t largest_tree = 256U << 20;

bool is_hex(std::string_view text, std::size_t digits) {
    return text.size() == digits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// A file in the folder that is a record; nothing for others.
std::optional<BuildFile> parse_name(const std::string& folder, std::string_view name) {
    if (!name.ends_with(events_ending)) return std::nullopt;
    name.remove_suffix(events_ending.size());
    const std::vector<std::string_view> parts = runtime::split(name, '-');
    if (parts.size() != 3 || !is_hex(parts[0], time_digits) || !is_hex(parts[1], id_digits) ||
        !is_hex(parts[2], subject_digits))
        return std::nullopt;
    BuildFile file{std::string(parts[1]), std::string(parts[2]), 0, folder + "/" + std::string(name)};
    constexpr int base = 16;
    std::from_chars(parts[0].data(), parts[0].data() + parts[0].size(), file.started_us, base);
    return file;
}

/// By the time at which they were written.
void keep_newest_trees(const std::string& path, std::size_t count) {
    const auto folder = runtime::open_if_exists(path, O_RDONLY | O_DIRECTORY);
    if (!folder) return;
    std::vector<std::pair<std::int64_t, std::string>> trees;
    for (const runtime::FolderEntry& entry : runtime::list_folder(*folder))
        if (const auto status = runtime::stat_at(*folder, entry.name))
            trees.emplace_back(status->st_mtim.tv_sec, entry.name);
    std::sort(trees.rbegin(), trees.rend());
    for (std::size_t i = count; i < trees.size(); ++i) ::unlinkat(folder->get(), trees[i].second.c_str(), 0);
}

}  // namespace

void NewBuildFile::open() {
    if (events_) return;
    if (::access(folder_.c_str(), F_OK) != 0) make_private_folder(folder_);
    lock_ = FileLock(file_.events_path());
    lock_.try_lock(FileLock::Kind::exclusive);
    events_ = runtime::open_path(file_.events_path(), O_WRONLY | O_APPEND);
}

void NewBuildFile::add_events(std::string_view text) {
    open();
    runtime::write_all(events_, text, file_.events_path());
}

void NewBuildFile::add_log(std::string_view text) {
    open();
    if (!log_) log_ = runtime::open_path(file_.log_path(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    runtime::write_all(log_, text, file_.log_path());
}

NewBuildFile BuildFiles::create(const std::string& subject, std::int64_t started_us) const {
    BuildFile file{random_name().substr(0, id_digits), subject, started_us, ""};
    file.path = fmt::format("{}/{:016x}-{}-{}", folder_, started_us, file.id, file.subject);
    return {folder_, std::move(file)};
}

std::vector<BuildFile> BuildFiles::list() const {
    std::vector<BuildFile> files;
    const auto folder = runtime::open_if_exists(folder_, O_RDONLY | O_DIRECTORY);
    if (!folder) return files;
    for (const runtime::FolderEntry& entry : runtime::list_folder(*folder))
        if (auto file = parse_name(folder_, entry.name)) files.push_back(*std::move(file));
    std::reverse(files.begin(), files.end());
    return files;
}

std::optional<std::string> BuildFiles::read_events(const BuildFile& file) const {
    return runtime::read_file_if_exists(file.events_path(), largest_events);
}

std::optional<runtime::Fd> BuildFiles::open_log(const BuildFile& file) const {
    return runtime::open_if_exists(file.log_path(), O_RDONLY);
}

bool BuildFiles::is_running(const BuildFile& file) const {
    if (::access(file.events_path().c_str(), F_OK) != 0) return false;
    return !FileLock(file.events_path()).try_lock(FileLock::Kind::shared);
}

/// The log first: a record whose log is gone is whole, a log without a record would stay for ever.
void BuildFiles::remove(const BuildFile& file) const {
    for (const std::string& path : {file.log_path(), file.events_path()})
        if (::unlink(path.c_str()) != 0 && errno != ENOENT)
            throw runtime::SystemError("cannot remove {}", runtime::quoted(path));
}

void BuildFiles::keep_newest(std::size_t count) const {
    const std::vector<BuildFile> files = list();
    for (std::size_t i = count; i < files.size(); ++i)
        if (!is_running(files[i])) remove(files[i]);
    keep_newest_trees(folder_ + "/trees", count);
}

std::int64_t BuildFiles::bytes_of(const BuildFile& file) const {
    std::int64_t bytes = 0;
    for (const std::string& path : {file.log_path(), file.events_path()})
        if (const auto open = runtime::open_if_exists(path, O_RDONLY))
            bytes += static_cast<std::int64_t>(runtime::stat_of(*open).st_blocks) * 512;
    return bytes;
}

bool BuildFiles::has_tree(const std::string& name) const noexcept {
    return ::access((folder_ + "/trees/" + name).c_str(), F_OK) == 0;
}

void BuildFiles::save_tree(const std::string& name, std::string_view text) const noexcept {
    try {
        const std::string path = folder_ + "/trees/" + name;
        if (::access(folder_.c_str(), F_OK) != 0) make_private_folder(folder_);
        if (::access((folder_ + "/trees").c_str(), F_OK) != 0) make_private_folder(folder_ + "/trees");
        const std::string temporary = path + "." + random_name();
        const runtime::Fd file = runtime::open_path(temporary, O_WRONLY | O_CREAT | O_EXCL, 0600);
        runtime::write_all(file, text, temporary);
        if (::rename(temporary.c_str(), path.c_str()) != 0) ::unlink(temporary.c_str());
    } catch (const std::exception& error) {
        runtime::log_debug("the list of what a step read is not kept: {}", error.what());
    }
}

std::optional<std::string> BuildFiles::load_tree(const std::string& name) const noexcept {
    try {
        return runtime::read_file_if_exists(folder_ + "/trees/" + name, largest_tree);
    } catch (const std::exception& error) {
        runtime::log_debug("the list of what a step read cannot be read: {}", error.what());
        return std::nullopt;
    }
}

}  // namespace layers
