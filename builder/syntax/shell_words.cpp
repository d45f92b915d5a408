#include "builder/syntax/shell_words.hpp"

#include "builder/syntax/json_words.hpp"
#include "runtime/base/error.hpp"

namespace builder {

std::vector<std::string> split_shell_words(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    bool in_word = false;
    char quote = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char character = text[i];
        const bool is_blank = character == ' ' || character == '\t' || character == '\n';
        if (quote == 0 && is_blank) {
            if (in_word) words.push_back(std::exchange(word, {}));
            in_word = false;
            continue;
        }
        in_word = true;
        if (quote == '\'' ? character == '\'' : quote == '"' && character == '"')
            quote = 0;
        else if (quote == 0 && (character == '\'' || character == '"'))
            quote = character;
        else if (character == '\\' && quote != '\'' && i + 1 < text.size())
            word += text[++i];
        else
            word += character;
    }
    if (quote != 0) throw runtime::Error("a quote in {} is not closed", runtime::quoted(text));
    if (in_word) words.push_back(std::move(word));
    return words;
}

std::vector<std::string> parse_words_or_json(std::string_view text) {
    const auto json = parse_json_words(text);
    if (!json) return split_shell_words(text);
    std::vector<std::string> words;
    for (const JsonWord& word : *json) words.push_back(word.text);
    return words;
}

}  // namespace builder
