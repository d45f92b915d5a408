#include "builder/syntax/heredocs.hpp"

#include <algorithm>
#include <charconv>

#include "builder/syntax/expand.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

std::ptrdiff_t count_quotes(std::string_view text) {
    return std::count_if(text.begin(), text.end(), [](char byte) { return byte == '\'' || byte == '"'; });
}

/// Splits a text into words without expanding anything; an unset variable stays as it is written.
std::vector<std::string> split(std::string_view text, bool keep_quotes, bool keep_escapes) {
    ExpandOptions options;
    options.keep_quotes = keep_quotes;
    options.keep_escapes = keep_escapes;
    options.keep_unset = true;
    return expand(text, VariableLookup(), options).words;
}

}  // namespace

std::optional<Heredoc> parse_heredoc_word(std::string_view word) {
    Heredoc heredoc;
    const std::size_t digits = word.find_first_not_of("0123456789");
    if (digits == std::string_view::npos || word.substr(digits, 2) != "<<") return std::nullopt;
    std::from_chars(word.data(), word.data() + digits, heredoc.descriptor);
    std::string_view name = word.substr(digits + 2);
    if (name.starts_with('-')) {
        heredoc.chomp = true;
        name.remove_prefix(1);
    }
    name.remove_prefix(std::min(name.find_first_not_of("\t\n\f\r "), name.size()));
    if (name.empty() || name.find('<') != std::string_view::npos) return std::nullopt;

    const std::vector<std::string> words = split(name, false, false);
    if (words.size() != 1) return std::nullopt;
    const std::vector<std::string> quoted_words = split(name, true, false);
    if (quoted_words.size() != 1) return std::nullopt;
    heredoc.name = words.front();
    heredoc.expand = count_quotes(heredoc.name) == count_quotes(quoted_words.front());
    return heredoc;
}

std::vector<Heredoc> heredocs_in_line(std::string_view line) {
    if (line.find("<<") == std::string_view::npos) return {};
    std::vector<std::string> words;
    try {
        words = split(line, true, true);
    } catch (const runtime::Error&) {
        // A line with unbalanced quotes is the shell's business: "echo it's" may well be part of a script in another
        // language.
        return {};
    }
    std::vector<Heredoc> heredocs;
    for (const std::string& word : words)
        if (auto heredoc = parse_heredoc_word(word)) heredocs.push_back(std::move(*heredoc));
    return heredocs;
}

std::string chomp_heredoc(std::string_view content) {
    std::string result;
    bool at_line_start = true;
    for (const char byte : content) {
        if (at_line_start && byte == '\t') continue;
        at_line_start = byte == '\n';
        result += byte;
    }
    return result;
}

const std::vector<Heredoc>& heredocs_of(const Instruction& instruction) {
    static const std::vector<Heredoc> none;
    if (const auto* const run = std::get_if<RunInstruction>(&instruction.body)) return run->command.heredocs;
    if (const auto* const copy = std::get_if<CopyInstruction>(&instruction.body)) return copy->inline_files;
    return none;
}

std::string summary_of(const Heredoc& heredoc) {
    constexpr const char* blanks = " \t\r\n";
    const std::size_t begin = heredoc.content.find_first_not_of(blanks);
    if (begin == std::string::npos) return "";
    const std::string text = heredoc.content.substr(begin, heredoc.content.find_last_not_of(blanks) + 1 - begin);
    const std::size_t end = text.find_first_of("\r\n");
    return end == std::string::npos ? text : text.substr(0, end) + "...";
}

}  // namespace builder
