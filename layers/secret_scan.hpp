// Secrets in what leaves a build: looks for their values, as they are and in the forms in which they usually slip out,
// in streams of any length. Aho-Corasick: one table look-up a byte, however many secrets there are.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/stream.hpp"

namespace layers {

/// A set of texts to look for.
class TextMatcher {
public:
    using State = std::uint32_t;
    struct Pattern {
        std::string text;
        std::size_t meaning = 0;  ///< whatever the caller wants to know of a match
    };

    /// Throws Error for an empty text.
    explicit TextMatcher(const std::vector<Pattern>& patterns);

    static constexpr State start = 0;
    State next(State state, unsigned char byte) const { return nodes_[state].next[byte]; }
    /// The longest pattern that ends here, by its index; nothing where none does.
    std::optional<std::size_t> match(State state) const {
        const std::int32_t pattern = nodes_[state].pattern;
        return pattern < 0 ? std::nullopt : std::optional(static_cast<std::size_t>(pattern));
    }
    /// How many of the last bytes may be the beginning of a pattern.
    std::size_t depth(State state) const { return nodes_[state].depth; }

private:
    struct Node {
        std::array<State, 256> next{};
        std::int32_t pattern = -1;
        std::uint32_t depth = 0;
    };
    std::vector<Node> nodes_;
};

/// What to look for: of each secret its value as it is, in base64 (wherever it stands in what was encoded), in
/// hexadecimal digits, percent-encoded as in a URL, and escaped as in JSON. White space at the end of a value does not
/// count. Of a long value 64 bytes out of its middle stand for all of it; a value of less than 8 bytes is not looked
/// for, because it could be anything. Thread-safe.
class SecretPatterns {
public:
    static constexpr std::size_t fewest_bytes = 8;

    /// Whether a value is not looked for.
    static bool is_too_short(std::string_view value);

    /// ID → value.
    explicit SecretPatterns(const std::map<std::string, std::string>& secrets);

    struct Form {
        std::string secret;     ///< its ID
        std::string_view name;  ///< "as it is", "in base64" …
        std::size_t length = 0;
    };
    bool empty() const noexcept { return forms_.empty(); }
    const TextMatcher& matcher() const noexcept { return all_; }
    /// Those that tools break into lines; to be fed without line ends.
    const TextMatcher& wrapped_matcher() const noexcept { return wrapped_; }
    const Form& form(std::size_t pattern) const { return forms_[pattern]; }

    /// The first secret in a text.
    std::optional<Form> find_in(std::string_view text) const;

    /// Says that a layer was searched for these secrets, and nearly surely for no others: 16 bits, salted, so that
    /// millions of guesses fit it and none can be told to be the secret.
    std::uint16_t mark(std::string_view salt) const;

private:
    std::vector<Form> forms_;
    std::string values_;  ///< all of them, each with its length
    TextMatcher all_{std::vector<TextMatcher::Pattern>{}};
    TextMatcher wrapped_{std::vector<TextMatcher::Pattern>{}};
};

/// A sink that looks at what is written to it.
class SecretScanner final : public runtime::Sink {
public:
    struct Leak {
        SecretPatterns::Form form;
        std::string entry;  ///< where it was found
    };

    /// The patterns outlive it.
    explicit SecretScanner(const SecretPatterns& patterns) : patterns_(patterns) {}
    using Sink::write;
    void write(runtime::Bytes bytes) override;
    /// What is written from now on belongs to this entry.
    void begin_entry(const std::string& name) {
        if (!leak_) entry_ = name;
    }
    /// The first one.
    const std::optional<Leak>& leak() const noexcept { return leak_; }

private:
    const SecretPatterns& patterns_;
    TextMatcher::State state_ = TextMatcher::start;
    TextMatcher::State wrapped_state_ = TextMatcher::start;
    std::string entry_;
    std::optional<Leak> leak_;
};

/// Takes secrets out of a text that comes in pieces: "***" stands in their place. It keeps back what may be the
/// beginning of one.
class SecretRedactor {
public:
    /// The patterns outlive it.
    explicit SecretRedactor(const SecretPatterns& patterns) : patterns_(patterns) {}
    /// What of the text so far can be shown.
    std::string redact(std::string_view text);
    /// The rest, at the end.
    std::string finish();

private:
    const SecretPatterns& patterns_;
    TextMatcher::State state_ = TextMatcher::start;
    std::string kept_;
};

}  // namespace layers
