// Files and folders that a COPY names, of the context, a stage, an image or a container.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "builder/engine/record/tree_list.hpp"
#include "builder/steps/copy_input.hpp"
#include "builder/syntax/ignore_patterns.hpp"

namespace builder {

class CopiedTrees final : public CopyInput {
public:
    /// `source` is nothing where there is no context.
    CopiedTrees(const CopyJob& job, std::shared_ptr<const CopySource> source);

    /// Finds and scans what a word names; wildcards may fit nothing. Throws Error for a source that is not there.
    void gather(const std::string& pattern);
    /// For an instruction that copies nothing: throws Error where a wildcard in a folder that is named fitted nothing.
    void refuse_missing() const;

    std::size_t count() const noexcept override { return parts_.size(); }
    /// Whether the first one is a folder. There is one.
    bool begins_with_folder() const { return parts_.front().tree.is_folder(); }
    void add_to_key(KeyBuilder& key) override;
    void write(CopyWriter& writer, overlay::UpperFolder& upper) override;

    /// As they are in the key.
    std::vector<ReadTree> read_trees() const;

    /// In the order of the words.
    const std::vector<CopyPart>& parts() const noexcept { return parts_; }

private:
    using Parents = std::vector<std::pair<std::string, overlay::MergedEntry>>;

    void add(const std::string& path, const std::string& pattern, const std::string& dropped);
    bool is_left_out(const CopyPart& part, const std::string& path, const std::string& pattern) const;
    [[noreturn]] void throw_missing(const std::string& path) const;
    void write_part(std::size_t index, CopyWriter& writer, overlay::UpperFolder& upper);
    bool is_unpacked(const CopyPart& part) const;
    void unpack(const CopyPart& part, overlay::UpperFolder& upper, CopyWriter& writer) const;
    Parents parents_of(std::size_t index) const;
    bool counts_owners(const CopyPart& part) const;
    std::string attributes_of(const overlay::MergedEntry& parent) const;
    void make_parents(CopyWriter& writer, std::size_t index);

    std::shared_ptr<const CopySource> source_;
    CopySource::Filter filter_;
    std::optional<IgnoreMatcher> excluded_;  ///< what --exclude names, where it is given
    std::vector<CopyPart> parts_;
    std::string unmatched_;                  ///< a wildcard in a folder that is named, which fits nothing
    std::vector<std::string> kept_parents_;  ///< --parents: for each part, the folders to make in the destination
    std::map<std::pair<std::size_t, std::string>, std::string> parent_attributes_;  ///< as in the key, by part and path
};

}  // namespace builder
