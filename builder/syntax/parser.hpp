// From text to syntax tree.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "builder/syntax/source_text.hpp"
#include "builder/syntax/syntax_tree.hpp"
#include "builder/syntax/warning.hpp"
#include "runtime/base/error.hpp"

namespace builder {

/// All that is wrong with a file: as an error it is the first one; others() holds those behind it, in file order.
class SyntaxErrors : public runtime::Error {
public:
    /// `errors` has at least one.
    explicit SyntaxErrors(std::vector<runtime::Error> errors);
    const std::vector<runtime::Error>& others() const noexcept { return others_; }

private:
    std::vector<runtime::Error> others_;
};

/// Parses a whole Containerfile. Warnings of the parser are added to `warnings` where it is given.
/// Throws SyntaxErrors with every error of the file.
SyntaxTree parse_containerfile(std::shared_ptr<const SourceText> source, std::vector<Warning>* warnings = nullptr);

/// Parses a trigger that ONBUILD has left in an image's configuration. Throws Error when it is not one instruction, or
/// one that cannot be a trigger.
Instruction parse_trigger(std::string_view text);

}  // namespace builder
