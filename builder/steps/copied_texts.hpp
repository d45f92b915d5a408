// Files whose content stands in the Containerfile: COPY <<EOF.
#pragma once

#include <string>
#include <vector>

#include "builder/steps/copy_input.hpp"

namespace builder {

class CopiedTexts final : public CopyInput {
public:
    using CopyInput::CopyInput;

    /// Takes a here-document, with its variables replaced where it wants that.
    void gather(const StageState& state, const Heredoc& heredoc);

    std::size_t count() const noexcept override { return files_.size(); }
    void add_to_key(KeyBuilder& key) override;
    void write(CopyWriter& writer, overlay::UpperFolder& upper) override;

private:
    struct File {
        std::string name;
        std::string content;
    };
    std::vector<File> files_;
};

}  // namespace builder
