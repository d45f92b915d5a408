// Containerfiles whose name ends in ".in" go through the C preprocessor first.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/sys/stop.hpp"

namespace builder {

struct PreprocessOptions {
    std::vector<std::string> flags;                ///< of cpp, in front of builder's own
    std::function<void(std::string_view)> notice;  ///< told what cpp complains of; may be empty
    /// Gives the text of a URL, which a Containerfile may be named by; may be empty.
    std::function<std::string(const std::string&)> fetch = nullptr;
};

inline bool wants_preprocessing(std::string_view name) {
    return name.ends_with(".in");
}

/// What cpp makes of the text; `#include "…"` looks in the context's folder. What cpp takes for a wrong directive is
/// perhaps a comment, so that is only a notice. Throws Error where cpp is missing, a file to include is, or an #error
/// stands in the text. `stop` ends the wait for cpp.
std::string preprocess(const std::string& name, const std::string& text, const std::string& context_folder,
                       const PreprocessOptions& options, const runtime::StopSource* stop = nullptr);

}  // namespace builder
