#include "builder/steps/copy_step.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "builder/engine/record/step_key.hpp"
#include "builder/sources/archive_source.hpp"
#include "builder/sources/scanned_file.hpp"
#include "builder/steps/config_step.hpp"
#include "builder/steps/image_users.hpp"
#include "builder/steps/unpacked_archive.hpp"
#include "builder/syntax/git_url.hpp"
#include "builder/syntax/glob.hpp"
#include "builder/syntax/ignore_patterns.hpp"
#include "builder/syntax/suggest.hpp"
#include "overlay/file_copy.hpp"
#include "registry/http/url.hpp"
#include "runtime/base/error.hpp"
#include "runtime/container/users.hpp"
#include "runtime/sys/file.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::Fd;
using runtime::quoted;

bool is_url(const std::string& text) {
    return text.starts_with("http://") || text.starts_with("https://");
}

std::string last_name(const std::string& path) {
    const auto names = overlay::path_names(path);
    return names.empty() ? "" : names.back();
}

/// "/a/b" for "a/../a/b" and "../a/b": a path cannot leave the top by "..".
std::string inside(const std::string& path) {
    return absolute_path("/", path).substr(1);
}

Fd in_memory(const std::string& content) {
    Fd file(::memfd_create("inline-file", MFD_CLOEXEC));
    if (!file) throw runtime::SystemError("cannot make a memory file");
    runtime::write_all(file, content, "a memory file");
    return file;
}

std::string expand_heredoc(const StageState& state, const Heredoc& heredoc, char escape) {
    if (!heredoc.expand) return heredoc.content;
    ExpandOptions options;
    options.escape = escape;
    options.ignore_quotes = true;
    return builder::expand(
               heredoc.content, [&](std::string_view name) { return state.variables.get(name); }, options)
        .word;
}

/// A wildcard in a folder that is named has to fit something, as with BuildKit; one at the top need not.
bool needs_match(const std::string& pattern) {
    const std::size_t slash = pattern.find('/');
    return slash != std::string::npos && !has_wildcard(pattern.substr(0, slash)) && has_wildcard(pattern);
}

}  // namespace

CopyStep::CopyStep(StepEnvironment& environment, const StageState& state, const CopyInstruction& instruction,
                   std::size_t stage, const CopyUse& use)
    : environment_(environment),
      state_(state),
      stage_(stage),
      is_add_(instruction.is_add),
      use_(use),
      keeps_parents_(instruction.parents),
      is_linked_(instruction.link),
      unpack_(instruction.unpack),
      keeps_git_folder_(instruction.keep_git_dir),
      content_(layers::Digest::of("")),
      key_{layers::Digest::of(""), layers::Digest::of(""), {}} {
    expand(instruction);
    take_options();
    gather(instruction);
    refuse_nothing();
    options_.modified = use.modified;
    options_.hides_time_of_copy = is_linked_;
    if (use.has_key) key_ = make_key();
}

void CopyStep::expand(const CopyInstruction& instruction) {
    const auto word = [&](const std::string& text) { return expand_in_stage(state_, text, environment_.escape); };
    for (const std::string& source : instruction.sources) sources_.push_back(word(source));
    from_ = word(instruction.from);
    chown_ = word(instruction.chown);
    chmod_ = word(instruction.chmod);
    checksum_ = word(instruction.checksum);
    for (const std::string& pattern : instruction.excludes) excludes_.push_back(word(pattern));
    const std::string target = word(instruction.destination);
    const std::string base = state_.config.config.working_dir.empty() ? "/" : state_.config.config.working_dir;
    destination_ = absolute_path(base, target);
    const bool names_folder = target.ends_with("/") || target == "." || target.ends_with("/.") || target.empty();
    if (names_folder && destination_ != "/") destination_ += "/";
    if (sources_.size() + instruction.inline_files.size() > 1 && !destination_.ends_with("/"))
        throw Error("with more than one source the destination {} must be a folder and end with a slash",
                    quoted(target))
            .with_hint(fmt::format("write {}/", target));
}

void CopyStep::take_options() {
    if (!chown_.empty()) {
        try {
            const runtime::Owner owner = find_owner(chown_, state_.view());
            options_.owner = CopyOwner{owner.uid, owner.gid};
        } catch (Error& error) {
            error.add_context("looking up UID/GID for \"{}\"", chown_);
            throw;
        }
    }
    if (!chmod_.empty()) options_.mode = ModeChange::parse(chmod_);
    if (from_.empty()) {
        source_ = environment_.context.source;
    } else {
        source_ = environment_.find_source(from_, stage_);
    }
    if (source_) filter_ = source_->filter();
}

/// The context's own rules, and --exclude, whose patterns are relative to the folder that is copied.
CopySource::Filter CopyStep::filter_below(const CopySource::Filter& outer, const std::string& path) const {
    if (excludes_.empty()) return outer;
    auto matcher = std::make_shared<IgnoreMatcher>(excludes_);
    const std::size_t base = path.empty() ? 0 : path.size() + 1;
    return [outer, matcher, base](const std::string& name, bool names_folder) {
        const CopySource::Verdict verdict = outer ? outer(name, names_folder) : CopySource::Verdict{};
        const std::string below = name.substr(std::min(base, name.size()));
        if (verdict.excluded || below.empty() || !matcher->excludes(below)) return verdict;
        return CopySource::Verdict{true, names_folder && matcher->may_contain_included(below, {})};
    };
}

void CopyStep::gather(const CopyInstruction& instruction) {
    for (const Heredoc& heredoc : instruction.inline_files)
        texts_.push_back({heredoc.name, expand_heredoc(state_, heredoc, environment_.escape)});
    for (const std::string& source : sources_) {
        if (auto git = is_add_ && from_.empty() ? parse_git_url(source) : std::nullopt;
            git && !git->may_be_local_path) {
            gather_git(*std::move(git));
        } else if (is_url(source)) {
            if (!is_add_) throw Error("source can't be a URL for COPY").with_hint("ADD fetches URLs");
            gather_url(source);
        } else {
            if (!checksum_.empty())
                throw Error("checksum flag is not supported for local sources")
                    .with_hint(fmt::format("{} is not fetched: leave --checksum out, or ADD a URL", quoted(source)));
            gather_path(source);
        }
    }
}

void CopyStep::gather_path(const std::string& pattern) {
    if (!source_) throw Error("there is no context to copy {} from", quoted(pattern));
    const std::string clean = inside(pattern);
    // "/./" says where the path to keep begins; "." at the front says nothing.
    const std::size_t pivot = pattern.find("/./");
    const std::string dropped = pivot == std::string::npos ? "" : inside(pattern.substr(0, pivot));
    const std::vector<std::string> paths =
        has_wildcard(clean) ? source_->expand_pattern(clean, filter_, keeps_parents_) : std::vector{clean};
    const std::size_t before = parts_.size();
    for (const std::string& path : paths) add_part(path, pattern, dropped);
    if (parts_.size() == before && use_.has_key && needs_match(clean))
        throw Error("checking on sources: copier: stat: [\"/{}\"]: no such file or directory", clean)
            .with_hint("nothing fits this pattern; one at the top of the context may fit nothing");
}

/// Where no pattern of the command fits anything.
void CopyStep::refuse_nothing() const {
    const bool has_any = !parts_.empty() || !texts_.empty() || !downloads_.empty() || !checkouts_.empty();
    if (has_any || use_.allows_empty_wildcard) return;
    throw Error("checking on sources: copier: stat: [\"{}\"]: no such file or directory", fmt::join(sources_, "\" \""))
        .with_hint("nothing fits; --allow-empty-wildcard lets it");
}

void CopyStep::throw_missing(const std::string& path) const {
    Error error("checking on sources: copier: stat: \"/{0}\": no such file or directory: {1} is not in {2}", path,
                quoted("/" + path), source_->what());
    if (filter_ && source_->view().find(path))
        error.with_hint(fmt::format("it is there, but {} leaves it out", source_->ignore_file()));
    const auto slash = path.rfind('/');
    const auto folder = source_->view().find(slash == std::string::npos ? "" : path.substr(0, slash));
    if (folder && folder->folder) {
        const std::vector<std::string> names = source_->view().list(*folder->folder);
        const std::vector<std::string_view> views(names.begin(), names.end());
        error.with_hint(did_you_mean(last_name(path), views));
    }
    if (from_.empty()) error.with_hint("paths are relative to the context, and nothing outside it can be copied");
    throw error;
}

void CopyStep::add_part(const std::string& path, const std::string& pattern, const std::string& pivot) {
    environment_.stop.throw_if_stopped();
    CopyPart part;
    part.source = source_.get();
    try {
        part.place = source_->view().resolve(path);
    } catch (Error& error) {
        error.add_context("cannot copy {}", quoted(pattern));
        throw;
    }
    if (!part.place.entry) throw_missing(path);
    const bool is_folder = part.place.entry->is_folder();
    // Whether a source is there is for the ignore file to say; --exclude only says what is not copied.
    const CopySource::Verdict ignored = filter_ && !path.empty() ? filter_(path, is_folder) : CopySource::Verdict{};
    if (ignored.excluded && !ignored.may_reinclude) throw_missing(path);
    if (ignored.excluded && source_->look(part.place, filter_).children.empty()) {
        // Left out, and nothing in it was taken back in: as if it were not there.
        if (has_wildcard(pattern)) return;
        throw_missing(path);
    }
    // A file that is named is copied; one that a wildcard found is held against --exclude by its path, as by Buildah.
    if (!is_folder && has_wildcard(pattern) && !excludes_.empty() && IgnoreMatcher(excludes_).excludes(path)) return;
    const CopySource::Filter filter = is_folder ? filter_below(filter_, part.place.path) : filter_;
    part.tree =
        use_.has_key ? source_->scan(part.place, filter, environment_.store) : source_->look(part.place, filter);
    part.name = last_name(path);
    const std::string kept = pivot.empty() ? path : path.substr(std::min(pivot.size() + 1, path.size()));
    const auto slash = kept.rfind('/');
    kept_parents_.push_back(part.tree.is_folder() ? kept : slash == std::string::npos ? "" : kept.substr(0, slash));
    parts_.push_back(std::move(part));
}

/// With --checksum the key is known before anything is fetched, so that a cached step needs no network.
void CopyStep::gather_url(const std::string& url) {
    if (!checksum_.empty()) {
        const auto wanted = layers::Digest::parse_if_valid(checksum_);
        if (!wanted)
            throw Error("invalid checksum flag: {} is no digest", quoted(checksum_))
                .with_hint("it looks like sha256:…");
        environment_.fetcher.require_allowed(url, *wanted);
        if (std::string name = name_in_url(url); !name.empty())
            return downloads_.push_back({url, *wanted, std::move(name), std::nullopt});
    }
    FetchedFile file = environment_.fetcher.fetch_file(url);
    downloads_.push_back({url, file.digest, file.name, std::move(file)});
    hold_to_checksum(downloads_.back());
}

void CopyStep::hold_to_checksum(const Download& download) const {
    if (checksum_.empty() || download.file->digest.text() == checksum_) return;
    const std::string url = registry::without_user(download.url);
    throw Error("reading \"{0}\": unexpected response digest for \"{0}\": {1}, want {2}", url,
                download.file->digest.text(), checksum_)
        .with_hint("correct --checksum when the new content is what you want");
}

void CopyStep::gather_git(GitUrl url) {
    GitCheckout options;
    if (keeps_git_folder_ && url.keep_git_folder && *keeps_git_folder_ != *url.keep_git_folder)
        throw Error("--keep-git-dir={} contradicts the URL, which says {}", *keeps_git_folder_, *url.keep_git_folder);
    options.keeps_git_folder = keeps_git_folder_.value_or(url.keep_git_folder.value_or(false));
    options.with_submodules = url.submodules.value_or(true);
    options.has_commit_times = url.mtime == "commit" || is_linked_;
    if (!checksum_.empty() && !url.checksum.empty() && checksum_ != url.checksum)
        throw Error("--checksum={} contradicts the URL, which says {}", checksum_, url.checksum);
    if (!checksum_.empty()) url.checksum = checksum_;
    GitSource source = environment_.fetcher.open_git(url, false);
    GitCommit commit = source.resolve();
    checkouts_.push_back({std::move(url), std::move(source), std::move(commit), options});
}

std::string CopyStep::looks_of_parent(const overlay::MergedEntry& folder) const {
    const struct stat& status = folder.status;
    const std::string owner = source_->keeps_owners() ? fmt::format("{}:{}", status.st_uid, status.st_gid) : "";
    return fmt::format("{:o} {} {}", status.st_mode, owner, xattrs_of_folder(folder));
}

StepKey CopyStep::make_key() {
    KeyBuilder key(state_.files_key, is_add_ ? "ADD" : "COPY");
    key.add("destination", destination_);
    key.add("owner", options_.owner ? fmt::format("{}:{}", options_.owner->uid, options_.owner->gid) : "");
    key.add("mode", chmod_);
    key.add("unpack", unpack_ ? (*unpack_ ? "yes" : "no") : "");
    key.add("parents", keeps_parents_ ? "yes" : "");
    key.add("link", is_linked_ ? "yes" : "");
    for (const std::string& source : sources_) key.add("source", source);
    key.add("from", from_.empty() ? "" : "other");
    add_times(key, environment_.times);
    key.seal_step();
    for (const CopyPart& part : parts_) {
        const DigestUse use{.with_owners = part.source->keeps_owners() && !options_.owner};
        key.add(part.place.path.empty() ? "the whole source" : "file " + part.place.path,
                part.name + " " + digest_tree(part.tree, use).text());
    }
    for (std::size_t i = 0; keeps_parents_ && i < parts_.size(); ++i)
        for (const auto& [path, entry] : parents_of(i)) {
            std::string& looks = parent_looks_[{i, path}] = looks_of_parent(entry);
            key.add("folder " + path, looks);
        }
    for (const FileFromText& file : texts_)
        key.add("inline file " + file.name, layers::Digest::of(file.content).text());
    for (const Download& download : downloads_) {
        const bool has_time = checksum_.empty() && download.file && download.file->modified;
        key.add("download " + download.name,
                fmt::format("{} {}", download.digest.text(), has_time ? *download.file->modified : 0));
    }
    // What it leaves out of a context is seen in its parts; a checkout is not there yet.
    for (std::size_t i = 0; !checkouts_.empty() && i < excludes_.size(); ++i) key.add("exclude", excludes_[i]);
    for (const Checkout& checkout : checkouts_)
        key.add(
            "git " + checkout.source.remote_name(),
            fmt::format("{} {} {} {} {} {} {}", checkout.commit.id, checkout.commit.tag_id, checkout.url.subfolder,
                        checkout.options.keeps_git_folder ? checkout.commit.ref : "", checkout.options.keeps_git_folder,
                        checkout.options.with_submodules, checkout.options.has_commit_times));
    content_ = key.digest_of_inputs();
    return key.finish();
}

std::string CopyStep::content() const {
    const std::size_t count = parts_.size() + texts_.size() + downloads_.size() + checkouts_.size();
    const bool is_folder = !checkouts_.empty() || (!parts_.empty() && parts_.front().tree.is_folder());
    return fmt::format("{}:{}", count > 1 ? "multi" : is_folder ? "dir" : "file", content_.hex());
}

/// ADD unpacks archives that it finds in the context, and with --unpack those that it fetched.
bool CopyStep::is_unpacked(const CopyPart& part) const {
    if (!is_add_ || !S_ISREG(part.tree.mode) || unpack_ == false) return false;
    return is_archive(part.source->view().open_file(*part.place.entry));
}

void CopyStep::unpack(Fd archive, const std::string& name, overlay::UpperFolder& upper, CopyWriter& writer) {
    // --chown and --chmod are not for what is in archives, which says by itself whose it is.
    CopyOptions options;
    options.modified = options_.modified;
    UnpackedArchive(environment_.store, std::move(archive), name).copy_to(upper, options, destination_, writer);
}

/// As it was scanned, for the key speaks of that. One whose times do not tell of changes is copied first.
void CopyStep::unpack_part(const CopyPart& part, overlay::UpperFolder& upper, CopyWriter& writer) {
    Fd source = open_scanned(*part.place.entry->parent, part.tree);
    if (!use_.has_key) return unpack(std::move(source), part.place.path, upper, writer);
    if (!looks_as_scanned(part.tree, source)) throw changed_meanwhile(part.tree);
    if (is_as_scanned(part.tree, source)) {
        unpack(source.duplicate(), part.place.path, upper, writer);
        if (!is_as_scanned(part.tree, source)) throw changed_meanwhile(part.tree);
        return;
    }
    const layers::StagedLayer temporary = environment_.store.staging().new_layer();
    Fd copy = runtime::open_at(temporary.diff(), "archive", O_RDWR | O_CREAT | O_EXCL, 0600);
    overlay::copy_content(source, copy, part.place.path);
    if (!is_copy_of_scanned(part.tree, source, copy, copied_xattrs(source))) throw changed_meanwhile(part.tree);
    if (::lseek(copy.get(), 0, SEEK_SET) != 0) throw runtime::SystemError("cannot read {}", quoted(part.place.path));
    unpack(std::move(copy), part.place.path, upper, writer);
}

/// The name in the key is that of the URL; a server that calls it otherwise is heard only where the name was not given.
void CopyStep::write_download(const Download& download, CopyWriter& writer, overlay::UpperFolder& upper) {
    Download fetched = download;
    if (!fetched.file) fetched.file = environment_.fetcher.find_file(download.url, download.digest);
    if (!fetched.file) fetched.file = environment_.fetcher.fetch_file(download.url);
    hold_to_checksum(fetched);
    Fd content = runtime::open_path(fetched.file->path, O_RDONLY);
    if (unpack_ == true && is_archive(content)) return unpack(std::move(content), download.url, upper, writer);
    writer.write_file(destination_, download.name, content, 0600, timespec{fetched.file->modified.value_or(0), 0});
}

void CopyStep::write_checkout(Checkout& checkout, CopyWriter& writer) {
    const layers::StagedLayer temporary = environment_.store.staging().new_layer();
    const std::string folder = temporary.diff_path() + "/content";
    checkout.source.check_out(checkout.commit, folder, checkout.options);
    const CopySource tree({folder}, false, quoted(checkout.source.remote_name()));
    CopyPart content;
    content.source = &tree;
    content.place = tree.view().resolve(checkout.url.subfolder);
    if (!content.place.entry || !content.place.entry->is_folder())
        throw Error("there is no folder {} in {}", quoted(checkout.url.subfolder), tree.what());
    content.tree = tree.look(content.place, filter_below(nullptr, content.place.path));
    writer.copy(content, destination_);
}

/// The folders that --parents keeps of a part's path, outermost first: where they go, and what they look like.
std::vector<std::pair<std::string, overlay::MergedEntry>> CopyStep::parents_of(std::size_t part) const {
    std::vector<std::pair<std::string, overlay::MergedEntry>> parents;
    const std::string& kept = kept_parents_[part];
    std::string from = parts_[part].place.path;
    if (!parts_[part].tree.is_folder())
        from = from.substr(0, from.rfind('/') == std::string::npos ? 0 : from.rfind('/'));
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
void CopyStep::make_parents(CopyWriter& writer, std::size_t part) {
    writer.make_folder(destination_);
    for (const auto& [path, entry] : parents_of(part)) {
        if (use_.has_key && parent_looks_[{part, path}] != looks_of_parent(entry))
            throw changed_meanwhile(node_of(entry));
        writer.make_folder_like(*source_, entry, destination_ + "/" + path);
    }
}

void CopyStep::perform(layers::StagedLayer& staged) {
    overlay::UpperFolder upper(staged.diff_path(), state_.view());
    perform(upper);
}

void CopyStep::perform(overlay::UpperFolder& upper) {
    CopyWriter writer(upper, options_);
    for (std::size_t i = 0; i < parts_.size(); ++i) {
        const CopyPart& part = parts_[i];
        environment_.stop.throw_if_stopped();
        try {
            if (is_unpacked(part)) {
                unpack_part(part, upper, writer);
                continue;
            }
            if (keeps_parents_) make_parents(writer, i);
            writer.copy(part, keeps_parents_ ? destination_ + "/" + kept_parents_[i] + "/" : destination_);
        } catch (Error& error) {
            error.add_context("cannot copy {} to {}", quoted(part.place.path), quoted(destination_));
            throw;
        }
    }
    for (const FileFromText& file : texts_)
        writer.write_file(destination_, file.name, in_memory(file.content), 0644,
                          is_linked_ ? std::optional(CopyWriter::no_time) : std::nullopt);
    for (const Download& download : downloads_) write_download(download, writer, upper);
    for (Checkout& checkout : checkouts_) write_checkout(checkout, writer);
    writer.finish();
}

}  // namespace builder
