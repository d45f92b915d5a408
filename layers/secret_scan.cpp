#include "layers/secret_scan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <deque>
#include <set>

#include "layers/digest.hpp"
#include "runtime/base/base64.hpp"
#include "runtime/base/error.hpp"

namespace layers {
namespace {

constexpr std::size_t longest_value_bytes = 64;

std::string_view without_end(std::string_view value) {
    const std::size_t last = value.find_last_not_of(" \t\r\n");
    return value.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

/// The part of a value that stands for it.
std::string_view core_of(std::string_view value) {
    if (value.size() <= longest_value_bytes) return value;
    return value.substr((value.size() - longest_value_bytes) / 2, longest_value_bytes);
}

std::string hexadecimal(std::string_view value, bool upper) {
    std::string text;
    for (const unsigned char c : value) text += upper ? fmt::format("{:02X}", c) : fmt::format("{:02x}", c);
    return text;
}

std::string percent_encoded(std::string_view value, bool upper) {
    std::string text;
    for (const unsigned char c : value) {
        const bool is_plain =
            std::isalnum(c) != 0 || std::string_view("-_.~").find(static_cast<char>(c)) != std::string_view::npos;
        if (is_plain)
            text += static_cast<char>(c);
        else
            text += upper ? fmt::format("%{:02X}", c) : fmt::format("%{:02x}", c);
    }
    return text;
}

std::string json_escaped(std::string_view value) {
    std::string text;
    for (const char c : value) {
        switch (c) {
            case '"':
                text += "\\\"";
                break;
            case '\\':
                text += "\\\\";
                break;
            case '\n':
                text += "\\n";
                break;
            case '\r':
                text += "\\r";
                break;
            case '\t':
                text += "\\t";
                break;
            default:
                text += c;
        }
    }
    return text;
}

/// What the value looks like when it is encoded behind `skipped` (0 to 2) other bytes and in front of any others: only
/// the digits that depend on the value alone.
std::string base64_behind(std::string_view value, std::size_t skipped) {
    const std::string text = runtime::encode_base64(std::string(skipped, '\0') + std::string(value));
    const std::size_t begin = (skipped * 8 + 5) / 6;
    const std::size_t end = (skipped + value.size()) * 8 / 6;
    return text.substr(begin, end - begin);
}

std::string for_urls(std::string base64) {
    std::replace(base64.begin(), base64.end(), '+', '-');
    std::replace(base64.begin(), base64.end(), '/', '_');
    return base64;
}

}  // namespace

TextMatcher::TextMatcher(const std::vector<Pattern>& patterns) {
    nodes_.emplace_back();
    for (const Pattern& pattern : patterns) {
        if (pattern.text.empty()) throw runtime::Error("an empty text cannot be looked for");
        State state = start;
        for (const char c : pattern.text) {
            const auto byte = static_cast<unsigned char>(c);
            if (nodes_[state].next[byte] == start) {
                nodes_[state].next[byte] = static_cast<State>(nodes_.size());
                const std::uint32_t depth = nodes_[state].depth + 1;
                nodes_.emplace_back();
                nodes_.back().depth = depth;
            }
            state = nodes_[state].next[byte];
        }
        if (nodes_[state].pattern < 0) nodes_[state].pattern = static_cast<std::int32_t>(pattern.meaning);
    }
    // Breadth first: where a byte leads nowhere, on goes what the longest proper suffix says.
    std::vector<State> suffix(nodes_.size(), start);
    std::deque<State> waiting;
    for (const State child : nodes_[start].next)
        if (child != start) waiting.push_back(child);
    for (; !waiting.empty(); waiting.pop_front()) {
        const State state = waiting.front();
        Node& node = nodes_[state];
        const Node& shorter = nodes_[suffix[state]];
        if (node.pattern < 0) node.pattern = shorter.pattern;
        for (std::size_t byte = 0; byte < node.next.size(); ++byte) {
            State& child = node.next[byte];
            if (child == start) {
                child = shorter.next[byte];
            } else {
                suffix[child] = shorter.next[byte];
                waiting.push_back(child);
            }
        }
    }
}

bool SecretPatterns::is_too_short(std::string_view value) {
    return without_end(value).size() < fewest_bytes;
}

SecretPatterns::SecretPatterns(const std::map<std::string, std::string>& secrets) {
    std::vector<TextMatcher::Pattern> all;
    std::vector<TextMatcher::Pattern> wrapped;
    std::set<std::string> known;
    const auto add = [&](const std::string& id, std::string_view name, std::string text, bool is_wrapped) {
        if (!known.insert(text).second) return;
        forms_.push_back({id, name, text.size()});
        if (is_wrapped) wrapped.push_back({text, forms_.size() - 1});
        all.push_back({std::move(text), forms_.size() - 1});
    };
    for (const auto& [id, whole] : secrets) {
        if (is_too_short(whole)) continue;
        values_ += fmt::format("{}:{}", whole.size(), whole);
        const std::string_view value = core_of(without_end(whole));
        add(id, "as it is", std::string(value), false);
        for (std::size_t skipped = 0; skipped < 3; ++skipped) {
            add(id, "in base64", base64_behind(value, skipped), true);
            add(id, "in base64", for_urls(base64_behind(value, skipped)), true);
        }
        add(id, "in hexadecimal digits", hexadecimal(value, false), true);
        add(id, "in hexadecimal digits", hexadecimal(value, true), true);
        add(id, "encoded as in a URL", percent_encoded(value, true), false);
        add(id, "encoded as in a URL", percent_encoded(value, false), false);
        add(id, "escaped as in JSON", json_escaped(value), false);
    }
    all_ = TextMatcher(all);
    wrapped_ = TextMatcher(wrapped);
}

std::uint16_t SecretPatterns::mark(std::string_view salt) const {
    const Digest digest = Digest::of(std::string(salt) + values_);
    return static_cast<std::uint16_t>(std::stoul(std::string(digest.hex().substr(0, 4)), nullptr, 16));
}

std::optional<SecretPatterns::Form> SecretPatterns::find_in(std::string_view text) const {
    SecretScanner scanner(*this);
    scanner.write(text);
    if (!scanner.leak()) return std::nullopt;
    return scanner.leak()->form;
}

void SecretScanner::write(runtime::Bytes bytes) {
    if (leak_) return;
    const TextMatcher& all = patterns_.matcher();
    const TextMatcher& wrapped = patterns_.wrapped_matcher();
    for (const std::byte one : bytes) {
        const auto byte = static_cast<unsigned char>(one);
        state_ = all.next(state_, byte);
        if (byte != '\n' && byte != '\r') wrapped_state_ = wrapped.next(wrapped_state_, byte);
        auto found = all.match(state_);
        if (!found) found = wrapped.match(wrapped_state_);
        if (!found) continue;
        leak_ = Leak{patterns_.form(*found), entry_};
        return;
    }
}

std::string SecretRedactor::redact(std::string_view text) {
    const TextMatcher& matcher = patterns_.matcher();
    const std::size_t seen = kept_.size();
    const std::string whole = kept_.append(text);
    std::string shown;
    std::size_t begin = 0;  // of what is not shown yet
    for (std::size_t i = seen; i < whole.size(); ++i) {
        state_ = matcher.next(state_, static_cast<unsigned char>(whole[i]));
        const auto found = matcher.match(state_);
        if (!found) continue;
        shown.append(whole, begin, i + 1 - patterns_.form(*found).length - begin);
        shown += "***";
        begin = i + 1;
        state_ = TextMatcher::start;
    }
    const std::size_t end = whole.size() - matcher.depth(state_);
    shown.append(whole, begin, end - begin);
    kept_ = whole.substr(end);
    return shown;
}

std::string SecretRedactor::finish() {
    state_ = TextMatcher::start;
    return std::exchange(kept_, "");
}

}  // namespace layers
