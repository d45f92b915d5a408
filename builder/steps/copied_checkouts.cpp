#include "builder/steps/copied_checkouts.hpp"

#include "runtime/base/error.hpp"

namespace builder {

using runtime::Error;
using runtime::quoted;

GitCheckout CopiedCheckouts::options_for(const GitUrl& url) const {
    const std::optional<bool> keeps = job_.words.keep_git_folder;
    if (keeps && url.keep_git_folder && *keeps != *url.keep_git_folder)
        throw Error("--keep-git-dir={} contradicts the URL, which says {}", *keeps, *url.keep_git_folder);
    GitCheckout options;
    options.keeps_git_folder = keeps.value_or(url.keep_git_folder.value_or(false));
    options.with_submodules = url.submodules.value_or(true);
    options.has_commit_times = url.mtime == "commit" || job_.words.is_linked;
    return options;
}

void CopiedCheckouts::gather(GitUrl url) {
    const GitCheckout options = options_for(url);
    const std::string& checksum = job_.words.checksum;
    if (!checksum.empty() && !url.checksum.empty() && checksum != url.checksum)
        throw Error("--checksum={} contradicts the URL, which says {}", checksum, url.checksum);
    if (!checksum.empty()) url.checksum = checksum;
    GitSource source = job_.environment.fetcher.open_git(url, false);
    GitCommit commit = source.resolve();
    checkouts_.push_back({std::move(url), std::move(source), std::move(commit), options});
}

void CopiedCheckouts::add_to_key(KeyBuilder& key) {
    if (checkouts_.empty()) return;
    // What --exclude leaves out of a context is seen in its files; those of a checkout are not there yet.
    for (const std::string& pattern : job_.words.excludes) key.add("exclude", pattern);
    for (const Checkout& checkout : checkouts_)
        key.add(
            "git " + checkout.source.remote_name(),
            fmt::format("{} {} {} {} {} {} {}", checkout.commit.id, checkout.commit.tag_id, checkout.url.subfolder,
                        checkout.options.keeps_git_folder ? checkout.commit.ref : "", checkout.options.keeps_git_folder,
                        checkout.options.with_submodules, checkout.options.has_commit_times));
}

void CopiedCheckouts::write_one(Checkout& checkout, CopyWriter& writer) const {
    const layers::StagedLayer temporary = job_.environment.store.staging().new_layer();
    const std::string folder = temporary.diff_path() + "/content";
    checkout.source.check_out(checkout.commit, folder, checkout.options);
    const CopySource tree({folder}, false, quoted(checkout.source.remote_name()));
    CopyPart content;
    content.source = &tree;
    content.place = tree.view().resolve(checkout.url.subfolder);
    if (!content.place.entry || !content.place.entry->is_folder())
        throw Error("there is no folder {} in {}", quoted(checkout.url.subfolder), tree.what());
    content.tree = tree.look(content.place, with_excludes(job_.words, nullptr, content.place.path));
    writer.copy(content, job_.words.destination);
}

void CopiedCheckouts::write(CopyWriter& writer, overlay::UpperFolder&) {
    for (Checkout& checkout : checkouts_) write_one(checkout, writer);
}

}  // namespace builder
