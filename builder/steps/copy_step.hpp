// COPY and ADD: decide by key first, copy only on a miss.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "builder/steps/copied_checkouts.hpp"
#include "builder/steps/copied_downloads.hpp"
#include "builder/steps/copied_texts.hpp"
#include "builder/steps/copied_trees.hpp"
#include "builder/steps/step_environment.hpp"
#include "builder/syntax/syntax_tree.hpp"

namespace builder {

/// One COPY or ADD, expanded and scanned. Made on the thread of its stage, used once.
class CopyStep {
public:
    /// Expands the words, fetches what has to be fetched and scans the sources. Throws Error for a source that is not
    /// there, a URL that cannot be fetched, a bad owner or mode.
    CopyStep(StepEnvironment& environment, const StageState& state, const CopyInstruction& instruction,
             std::size_t stage, const CopyUse& use = {});
    CopyStep(const CopyStep&) = delete;
    CopyStep& operator=(const CopyStep&) = delete;

    /// What came in, as the history has it: "file:HEX", "dir:HEX", or "multi:HEX" for several things. With a key only.
    std::string content() const;
    const StepKey& key() const noexcept { return key_; }
    /// The trees in the key; valid as long as this.
    std::vector<ReadTree> read_trees() const { return trees_.read_trees(); }
    void perform(layers::StagedLayer& staged);
    /// The same into a folder that may have content already.
    void perform(overlay::UpperFolder& upper);
    /// What is copied, in the order of the words. For digests over it.
    const std::vector<CopyPart>& parts() const noexcept { return trees_.parts(); }
    const std::string& destination() const noexcept { return words_.destination; }

private:
    /// In the order in which they are in the key, and written.
    std::array<CopyInput*, 4> inputs() { return {&trees_, &texts_, &downloads_, &checkouts_}; }
    std::size_t count() const noexcept;
    void gather(const CopyInstruction& instruction);
    void gather_word(const std::string& source);
    void refuse_nothing() const;
    StepKey make_key();

    StepEnvironment& environment_;
    const StageState& state_;
    CopyWords words_;
    CopyOptions options_;
    CopyJob job_;
    CopiedTrees trees_;
    CopiedTexts texts_;
    CopiedDownloads downloads_;
    CopiedCheckouts checkouts_;
    layers::Digest content_;  ///< of all that is copied
    StepKey key_;
};

}  // namespace builder
