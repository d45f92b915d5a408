// What a COPY or an ADD brings in, by kind: trees of a context, a stage or an image; texts of the Containerfile;
// downloads; checkouts of git. Each kind gathers what the words name, adds that to the key of the step, and writes it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "builder/engine/record/step_key.hpp"
#include "builder/steps/copy_files.hpp"
#include "builder/steps/copy_words.hpp"
#include "builder/steps/step_environment.hpp"

namespace builder {

/// What a COPY or an ADD is made for, besides what its words say.
struct CopyUse {
    bool has_key = true;                              ///< false: nothing is looked up, and no file is read for a key
    std::optional<timespec> modified = std::nullopt;  ///< the time of everything that is copied
    bool allows_empty_wildcard = true;                ///< false: a pattern that nothing fits is an error
    bool copy_fetches = false;                        ///< a URL is a source of COPY as well
};

/// What the inputs of one COPY share. All references outlive them.
struct CopyJob {
    StepEnvironment& environment;
    const CopyWords& words;
    const CopyOptions& options;
    CopyUse use;

    /// Unpacks an archive into the destination. --chown and --chmod are not for what is in archives.
    void unpack(runtime::Fd archive, const std::string& name, overlay::UpperFolder& upper, CopyWriter& writer) const;
};

/// One kind, with everything of it. Gathered in the constructor and by functions of the kind, keyed and written once.
class CopyInput {
public:
    explicit CopyInput(const CopyJob& job) : job_(job) {}
    CopyInput(const CopyInput&) = delete;
    CopyInput& operator=(const CopyInput&) = delete;
    virtual ~CopyInput() = default;

    /// How many things it has.
    virtual std::size_t count() const noexcept = 0;
    virtual void add_to_key(KeyBuilder& key) = 0;
    /// Throws Error where something is no longer what the key speaks of.
    virtual void write(CopyWriter& writer, overlay::UpperFolder& upper) = 0;

protected:
    const CopyJob& job_;
};

}  // namespace builder
