// Ignore files (.containerignore, .dockerignore): which paths of a context are left out.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace builder {

/// Each costs memory, and time for every file of the context.
inline constexpr std::size_t most_ignore_patterns = 50'000;

/// The patterns of an ignore file: without comments and blank lines, trimmed, in their shortest form, without a leading
/// slash. Throws Error where there are too many.
std::vector<std::string> parse_ignore_file(std::string_view text);

/// An ordered list of patterns. A pattern matches a path, and everything below it; `**` stands for any number of
/// folders; the last pattern that matches decides; `!` in front of it takes back in. All methods are const and may be
/// called from several threads.
class IgnoreMatcher {
public:
    /// Throws Error for a malformed pattern.
    explicit IgnoreMatcher(const std::vector<std::string>& patterns);
    IgnoreMatcher(IgnoreMatcher&&) noexcept;
    IgnoreMatcher& operator=(IgnoreMatcher&&) noexcept;
    ~IgnoreMatcher();

    /// What is known of a folder, for what lies in it. The default is the state of the context itself.
    struct State {
        std::int32_t deciding_pattern = -1;  ///< the last pattern that matches the folder or one above it
    };
    struct Verdict {
        bool is_excluded = false;
        State state;  ///< for the children, where the path is a folder
    };

    /// For walks from the top down: the path is clean and relative, `parent` is the state of the folder it lies in.
    Verdict check(std::string_view path, State parent) const;

    /// False when nothing below an excluded folder can be taken back in, so that a walk need not enter it.
    bool may_contain_included(std::string_view folder, State state) const;

    /// For a single path, which need not be clean: looks at the folders above it, too.
    bool excludes(std::string_view path) const;

    bool empty() const noexcept;
    /// True when a pattern takes paths back in.
    bool has_exceptions() const noexcept;

private:
    class Patterns;
    std::unique_ptr<const Patterns> patterns_;
};

}  // namespace builder
