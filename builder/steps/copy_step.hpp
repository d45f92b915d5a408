// COPY and ADD: decide by key first, copy only on a miss.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "builder/steps/copy_files.hpp"
#include "builder/steps/step_environment.hpp"
#include "builder/syntax/syntax_tree.hpp"
#include "runtime/container/users.hpp"

namespace builder {

/// What a COPY or an ADD is made for, besides what its words say.
struct CopyUse {
    bool has_key = true;                              ///< false: nothing is looked up, and no file is read for a key
    std::optional<timespec> modified = std::nullopt;  ///< the time of everything that is copied
    bool allows_empty_wildcard = true;                ///< false: a pattern that nothing fits is an error
};

/// One COPY or ADD, expanded and scanned. Made on the thread of its stage, used once.
class CopyStep {
public:
    /// Expands the words, fetches what has to be fetched and scans the sources. Throws Error for a source that is not
    /// there, a URL that cannot be fetched, a bad owner or mode.
    CopyStep(StepEnvironment& environment, const StageState& state, const CopyInstruction& instruction,
             std::size_t stage, const CopyUse& use = {});

    /// What came in, as the history has it: "file:HEX", "dir:HEX", or "multi:HEX" for several things. With a key only.
    std::string content() const;
    const StepKey& key() const noexcept { return key_; }
    void perform(layers::StagedLayer& staged);
    /// The same into a folder that may have content already.
    void perform(overlay::UpperFolder& upper);
    /// What is copied, in the order of the words. For digests over it.
    const std::vector<CopyPart>& parts() const noexcept { return parts_; }
    const std::string& destination() const noexcept { return destination_; }

private:
    struct FileFromText {
        std::string name;
        std::string content;
    };
    struct Download {
        std::string url;
        layers::Digest digest;
        std::string name;
        std::optional<FetchedFile> file;  ///< nothing: not fetched yet, because --checksum says all that the key needs
    };
    struct Checkout {
        GitUrl url;
        GitSource source;
        GitCommit commit;
        GitCheckout options;
    };

    void expand(const CopyInstruction& instruction);
    void take_options();
    void gather(const CopyInstruction& instruction);
    void refuse_nothing() const;
    void gather_path(const std::string& pattern);
    void gather_url(const std::string& url);
    void hold_to_checksum(const Download& download) const;
    void gather_git(GitUrl url);
    void write_download(const Download& download, CopyWriter& writer, overlay::UpperFolder& upper);
    void write_checkout(Checkout& checkout, CopyWriter& writer);
    void add_part(const std::string& path, const std::string& pattern, const std::string& pivot);
    CopySource::Filter filter_below(const CopySource::Filter& outer, const std::string& path) const;
    [[noreturn]] void throw_missing(const std::string& path) const;
    bool is_unpacked(const CopyPart& part) const;
    void unpack(runtime::Fd archive, const std::string& name, overlay::UpperFolder& upper, CopyWriter& writer);
    void unpack_part(const CopyPart& part, overlay::UpperFolder& upper, CopyWriter& writer);
    StepKey make_key();

    StepEnvironment& environment_;
    const StageState& state_;
    std::size_t stage_;
    bool is_add_;
    CopyUse use_;
    std::string from_;
    std::vector<std::string> sources_;
    std::string destination_;
    std::string chown_;
    std::string chmod_;
    std::string checksum_;
    std::vector<std::string> excludes_;
    bool keeps_parents_ = false;
    bool is_linked_ = false;
    std::optional<bool> unpack_;
    std::optional<bool> keeps_git_folder_;
    CopyOptions options_;
    std::shared_ptr<const CopySource> source_;
    CopySource::Filter filter_;
    std::vector<CopyPart> parts_;
    std::vector<std::string> kept_parents_;  ///< --parents: for each part, the folders to make in the destination
    std::vector<std::pair<std::string, overlay::MergedEntry>> parents_of(std::size_t part) const;
    std::map<std::pair<std::size_t, std::string>, std::string>
        parent_looks_;  ///< as the key has them, by part and path
    std::string looks_of_parent(const overlay::MergedEntry& folder) const;
    void make_parents(CopyWriter& writer, std::size_t part);
    std::vector<FileFromText> texts_;
    std::vector<Download> downloads_;
    std::vector<Checkout> checkouts_;
    layers::Digest content_;  ///< of all that is copied
    StepKey key_;
};

}  // namespace builder
