#include "builder/steps/copied_trees.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "builder/sources/archive_source.hpp"
#include "builder/sources/scanned_file.hpp"
#include "builder/steps/config_step.hpp"
#include "builder/syntax/glob.hpp"
#include "builder/syntax/ignore_patterns.hpp"
#include "builder/syntax/suggest.hpp"
#include "overlay/file_copy.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::Fd;
using runtime::quoted;

std::string last_name(const std::string& path) {
    const auto names = overlay::path_names(path);
    return names.empty() ? "" : names.back();
}

std::string folder_of(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? "" : path.substr(0, slash);
}

/// "/a/b" for "a/../a/b" and "../a/b": a path cannot leave the top by "..".
std::string inside(const std::string& path) {
    return absolute_path("/", path).substr(1);
}

/// A wildcard in a folder that is named has to fit something where nothing else is copied, as with both peers; one at
/// the top need not.
bool needs_match(const std::string& pattern) {
    const std::size_t slash = pattern.find('/');
    return slash != std::string::npos && !has_wildcard(pattern.substr(0, slash)) && has_wildcard(pattern);
}

/// ` under "/folder"` of a folder of this machine that somebody named; not of one that builder made.
std::string under_folder(const CopySource& source, const layers::Store& store) {
    if (source.keeps_owners() || source.folders().size() != 1) return "";
    std::string folder = std::filesystem::absolute(source.folders().front()).lexically_normal().string();
    if (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
    return folder.starts_with(store.location().root + "/") ? "" : fmt::format(" under \"{}\"", folder);
}

std::string input_of(const CopyPart& part) {
    return part.place.path.empty() ? "the whole source" : "file " + part.place.path;
}

}  // namespace

CopiedTrees::CopiedTrees(const CopyJob& job, std::shared_ptr<const CopySource> source)
    : CopyInput(job), source_(std::move(source)), filter_(source_ ? source_->filter() : nullptr) {
    if (!job.words.excludes.empty()) excluded_.emplace(job.words.excludes);
}

void CopiedTrees::gather(const std::string& pattern) {
    if (!source_) throw Error("there is no context to copy {} from", quoted(pattern));
    const std::string clean = inside(pattern);
    // "/./" says where the path to keep begins; "." at the front says nothing.
    const std::size_t pivot = pattern.find("/./");
    const std::string dropped = pivot == std::string::npos ? "" : inside(pattern.substr(0, pivot));
    const std::vector<std::string> paths =
        has_wildcard(clean) ? source_->expand_pattern(clean, filter_, job_.words.keeps_parents) : std::vector{clean};
    const std::size_t before = parts_.size();
    for (const std::string& path : paths) add(path, pattern, dropped);
    if (parts_.size() == before && needs_match(clean) && unmatched_.empty()) unmatched_ = clean;
}

void CopiedTrees::refuse_missing() const {
    if (unmatched_.empty()) return;
    throw Error("checking on sources{}: copier: stat: [\"/{}\"]: no such file or directory",
                under_folder(*source_, job_.environment.store), unmatched_)
        .with_hint("nothing fits this pattern; one at the top of the context may fit nothing");
}

void CopiedTrees::throw_missing(const std::string& path) const {
    Error error("checking on sources{}: copier: stat: \"/{}\": no such file or directory\n{} is not in {}",
                under_folder(*source_, job_.environment.store), path, quoted("/" + path), source_->what());
    if (filter_ && source_->view().find(path))
        error.with_hint(fmt::format("it is there, but {} leaves it out", source_->ignore_file()));
    const auto folder = source_->view().find(folder_of(path));
    if (folder && folder->folder) {
        const std::vector<std::string> names = source_->view().list(*folder->folder);
        const std::vector<std::string_view> views(names.begin(), names.end());
        error.with_hint(did_you_mean(last_name(path), views));
    }
    if (job_.words.from.empty() && source_->what() != "this machine")
        error.with_hint("paths are relative to the context, and nothing outside it can be copied");
    throw error;
}

/// By the ignore file, which says whether a source is there, or by --exclude, which says what is not copied. Throws
/// Error where a name without wildcards is left out by the ignore file.
bool CopiedTrees::is_left_out(const CopyPart& part, const std::string& path, const std::string& pattern) const {
    const bool is_folder = part.place.entry->is_folder();
    const CopySource::Verdict ignored = filter_ && !path.empty() ? filter_(path, is_folder) : CopySource::Verdict{};
    if (ignored.excluded && !ignored.may_reinclude) throw_missing(path);
    if (ignored.excluded && source_->look(part.place, filter_).children.empty()) {
        // Nothing in it was taken back in: as if it were not there.
        if (has_wildcard(pattern)) return true;
        throw_missing(path);
    }
    // A file that is named is copied; one that a wildcard found is held against --exclude by its path, as by Buildah.
    return !is_folder && has_wildcard(pattern) && excluded_ && excluded_->excludes(path);
}

void CopiedTrees::add(const std::string& path, const std::string& pattern, const std::string& dropped) {
    job_.environment.stop.throw_if_stopped();
    CopyPart part;
    part.source = source_.get();
    try {
        part.place = source_->view().resolve(path);
    } catch (Error& error) {
        error.add_context("cannot copy {}", quoted(pattern));
        throw;
    }
    if (!part.place.entry) throw_missing(path);
    if (is_left_out(part, path, pattern)) return;
    const CopySource::Filter filter =
        part.place.entry->is_folder() ? with_excludes(job_.words, filter_, part.place.path) : filter_;
    part.tree = job_.use.has_key ? source_->scan(part.place, filter, job_.environment.store)
                                 : source_->look(part.place, filter);
    part.name = last_name(path);
    const std::string kept = dropped.empty() ? path : path.substr(std::min(dropped.size() + 1, path.size()));
    kept_parents_.push_back(part.tree.is_folder() ? kept : folder_of(kept));
    parts_.push_back(std::move(part));
}

bool CopiedTrees::counts_owners(const CopyPart& part) const {
    return part.source->keeps_owners() && !job_.options.owner;
}

std::vector<ReadTree> CopiedTrees::read_trees() const {
    std::vector<ReadTree> trees;
    for (const CopyPart& part : parts_)
        trees.push_back({input_of(part), part.place.path, &part.tree, counts_owners(part)});
    return trees;
}

void CopiedTrees::add_to_key(KeyBuilder& key) {
    for (const CopyPart& part : parts_)
        key.add(input_of(part), part.name + " " + digest_tree(part.tree, {.with_owners = counts_owners(part)}).text());
    for (std::size_t i = 0; job_.words.keeps_parents && i < parts_.size(); ++i)
        for (const auto& [path, entry] : parents_of(i)) {
            std::string& attributes = parent_attributes_[{i, path}] = attributes_of(entry);
            key.add("folder " + path, attributes);
        }
}

std::string CopiedTrees::attributes_of(const overlay::MergedEntry& parent) const {
    const struct stat& status = parent.status;
    const std::string owner = source_->keeps_owners() ? fmt::format("{}:{}", status.st_uid, status.st_gid) : "";
    return fmt::format("{:o} {} {}", status.st_mode, owner, xattrs_of_folder(parent));
}

/// ADD unpacks archives that it finds in the context.
bool CopiedTrees::is_unpacked(const CopyPart& part) const {
    if (!job_.words.is_add || !S_ISREG(part.tree.mode) || job_.words.unpack == false) return false;
    return is_archive(part.source->view().open_file(*part.place.entry));
}

/// As it was scanned, for the key speaks of that. One whose times do not tell of changes is copied first.
void CopiedTrees::unpack(const CopyPart& part, overlay::UpperFolder& upper, CopyWriter& writer) const {
    Fd source = open_scanned(*part.place.entry->parent, part.tree);
    if (!job_.use.has_key) return job_.unpack(std::move(source), part.place.path, upper, writer);
    if (!looks_as_scanned(part.tree, source)) throw changed_meanwhile(part.tree);
    if (is_as_scanned(part.tree, source)) {
        job_.unpack(source.duplicate(), part.place.path, upper, writer);
        if (!is_as_scanned(part.tree, source)) throw changed_meanwhile(part.tree);
        return;
    }
    const layers::StagedLayer temporary = job_.environment.store.staging().new_layer();
    Fd copy = runtime::open_at(temporary.diff(), "archive", O_RDWR | O_CREAT | O_EXCL, 0600);
    overlay::copy_content(source, copy, part.place.path);
    if (!is_copy_of_scanned(part.tree, source, copy, copied_xattrs(source))) throw changed_meanwhile(part.tree);
    if (::lseek(copy.get(), 0, SEEK_SET) != 0) throw runtime::SystemError("cannot read {}", quoted(part.place.path));
    job_.unpack(std::move(copy), part.place.path, upper, writer);
}

/// The folders that --parents keeps of a part's path, outermost first: where they go, and what they look like.
CopiedTrees::Parents CopiedTrees::parents_of(std::size_t index) const {
    Parents parents;
    const std::string& kept = kept_parents_[index];
    std::string from = parts_[index].place.path;
    if (!parts_[index].tree.is_folder()) from = folder_of(from);
    const std::string dropped = from.substr(0, from.size() - std::min(kept.size(), from.size()));
    std::string path;
    for (const std::string& name : overlay::path_names(kept)) {
        path += (path.empty() ? "" : "/") + name;
        auto entry = source_->view().find(dropped + path);
        if (entry && entry->is_folder()) parents.emplace_back(path, *std::move(entry));
    }
    return parents;
}

/// The folders on the way look as they do in the source.
void CopiedTrees::make_parents(CopyWriter& writer, std::size_t index) {
    writer.make_folder(job_.words.destination);
    for (const auto& [path, entry] : parents_of(index)) {
        if (job_.use.has_key && parent_attributes_[{index, path}] != attributes_of(entry))
            throw changed_meanwhile(node_of(entry));
        writer.make_folder_like(*source_, entry, job_.words.destination + "/" + path);
    }
}

void CopiedTrees::write_part(std::size_t index, CopyWriter& writer, overlay::UpperFolder& upper) {
    const CopyPart& part = parts_[index];
    const std::string& destination = job_.words.destination;
    if (is_unpacked(part)) return unpack(part, upper, writer);
    if (job_.words.keeps_parents) make_parents(writer, index);
    writer.copy(part, job_.words.keeps_parents ? destination + "/" + kept_parents_[index] + "/" : destination);
}

void CopiedTrees::write(CopyWriter& writer, overlay::UpperFolder& upper) {
    for (std::size_t i = 0; i < parts_.size(); ++i) {
        job_.environment.stop.throw_if_stopped();
        try {
            write_part(i, writer, upper);
        } catch (Error& error) {
            error.add_context("cannot copy {} to {}", quoted(parts_[i].place.path), quoted(job_.words.destination));
            throw;
        }
    }
}

}  // namespace builder
