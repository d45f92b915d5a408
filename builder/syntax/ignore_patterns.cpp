#include "builder/syntax/ignore_patterns.hpp"

#include <algorithm>
#include <unordered_map>

#include "builder/syntax/glob.hpp"
#include "builder/syntax/ignore_expression.hpp"
#include "builder/syntax/text_finder.hpp"
#include "builder/syntax/unicode.hpp"
#include "runtime/base/error.hpp"

namespace builder {

std::vector<std::string> parse_ignore_file(std::string_view text) {
    std::vector<std::string> patterns;
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.starts_with('#')) continue;
        line = trim(line);
        if (line.empty()) continue;
        const bool is_negated = line.starts_with('!');
        if (is_negated) line = trim(line.substr(1));
        std::string pattern = line.empty() ? std::string() : clean_path(line);
        if (pattern.size() > 1 && pattern.front() == '/') pattern.erase(0, 1);
        if (patterns.size() == most_ignore_patterns)
            throw runtime::Error("there are more than {} patterns", most_ignore_patterns);
        patterns.push_back((is_negated ? "!" : "") + pattern);
    }
    return patterns;
}

/// The patterns with an index: of each path only those are looked at whose required text stands in it.
class IgnoreMatcher::Patterns {
public:
    explicit Patterns(const std::vector<std::string>& patterns) {
        for (const std::string& pattern : patterns) add(pattern);
        for (std::size_t i = 0; i < all_.size(); ++i) index(static_cast<std::int32_t>(i));
        finder_.compile();
    }

    bool empty() const { return all_.empty(); }
    bool has_exceptions() const { return !negated_.empty(); }
    bool excludes(std::int32_t number) const {
        return number >= 0 && !all_[static_cast<std::size_t>(number)].is_negated;
    }

    /// The last pattern that matches the path itself, or `floor` when that comes later.
    std::int32_t last_match(std::string_view path, std::int32_t floor) const {
        std::int32_t last = floor;
        const auto consider = [&](std::uint32_t number) {
            const auto candidate = static_cast<std::int32_t>(number);
            if (candidate > last && all_[number].expression.matches(path)) last = candidate;
        };
        if (const auto exact = exact_.find(path); exact != exact_.end()) last = std::max(last, exact->second);
        for (const std::uint32_t number : unindexed_) consider(number);
        finder_.search(path, consider);
        return last;
    }

    bool may_contain_included(std::string_view folder, std::int32_t floor) const {
        const std::string start = std::string(folder) + "/";
        return std::any_of(negated_.rbegin(), negated_.rend(), [&](std::uint32_t number) {
            return static_cast<std::int32_t>(number) > floor && all_[number].expression.could_match_below(start);
        });
    }

private:
    struct Pattern {
        IgnoreExpression expression;
        bool is_negated = false;
    };

    void add(std::string_view written) {
        const std::string_view trimmed = trim(written);
        if (trimmed.empty()) return;
        std::string pattern = clean_path(trimmed);
        const bool is_negated = pattern.front() == '!';
        if (is_negated) pattern.erase(0, 1);
        if (pattern.empty()) throw runtime::Error("bad pattern '!': a name must follow the exclamation mark");
        try {
            all_.push_back({IgnoreExpression::parse(pattern), is_negated});
        } catch (runtime::Error& error) {
            error.add_context("ignore pattern {}", runtime::quoted(trimmed));
            throw;
        }
    }

    void index(std::int32_t number) {
        const auto unsigned_number = static_cast<std::uint32_t>(number);
        const Pattern& pattern = all_[unsigned_number];
        if (pattern.is_negated) negated_.push_back(unsigned_number);
        if (pattern.expression.kind() == IgnoreExpression::Kind::exact)
            exact_[pattern.expression.text()] = number;
        else if (pattern.expression.required_text().empty())
            unindexed_.push_back(unsigned_number);
        else
            finder_.add(pattern.expression.required_text(), unsigned_number);
    }

    std::vector<Pattern> all_;
    std::unordered_map<std::string_view, std::int32_t> exact_;  ///< the last of the patterns with that text
    std::vector<std::uint32_t> unindexed_;
    std::vector<std::uint32_t> negated_;
    TextFinder finder_;
};

IgnoreMatcher::IgnoreMatcher(const std::vector<std::string>& patterns)
    : patterns_(std::make_unique<const Patterns>(patterns)) {}
IgnoreMatcher::IgnoreMatcher(IgnoreMatcher&&) noexcept = default;
IgnoreMatcher& IgnoreMatcher::operator=(IgnoreMatcher&&) noexcept = default;
IgnoreMatcher::~IgnoreMatcher() = default;

bool IgnoreMatcher::has_exceptions() const noexcept {
    return patterns_->has_exceptions();
}

bool IgnoreMatcher::empty() const noexcept {
    return patterns_->empty();
}

// A pattern that matches a folder matches all below it, and the last match decides. So the last pattern that matches a
// path or a folder above it is all that has to be known of a folder.
IgnoreMatcher::Verdict IgnoreMatcher::check(std::string_view path, State parent) const {
    const std::int32_t last = patterns_->last_match(path, parent.deciding_pattern);
    return {patterns_->excludes(last), State{last}};
}

bool IgnoreMatcher::may_contain_included(std::string_view folder, State state) const {
    return patterns_->may_contain_included(folder, state.deciding_pattern);
}

bool IgnoreMatcher::excludes(std::string_view path) const {
    const std::string clean = clean_path(path);
    // The context itself is never left out.
    if (clean == ".") return false;
    State state;
    for (std::size_t end = clean.find('/'); end != std::string::npos; end = clean.find('/', end + 1))
        state = check(std::string_view(clean).substr(0, end), state).state;
    return check(clean, state).is_excluded;
}

}  // namespace builder
