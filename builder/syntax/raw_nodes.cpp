#include "builder/syntax/raw_nodes.hpp"

#include <algorithm>
#include <map>

#include "builder/syntax/heredocs.hpp"
#include "builder/syntax/json_words.hpp"
#include "builder/syntax/unicode.hpp"

namespace builder {
namespace {

constexpr std::string_view blanks = "\t\v\f\r ";
constexpr unsigned deepest_trigger = 20;

std::string_view take_until_blank(std::string_view& text) {
    const std::size_t end = std::min(text.find_first_of(blanks), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(text.find_first_not_of(blanks, end), text.size()));
    return word;
}

/// Cuts one logical line; the views it works on are parts of line.text, so that places are known.
class NodeReader {
public:
    NodeReader(const SourceText& source, const LogicalLine& line, char escape)
        : source_(source), line_(line), escape_(escape) {}

    RawNode read(std::string_view text, unsigned depth);

private:
    using ReadArguments = void (NodeReader::*)(RawNode&, std::string_view) const;
    static const std::map<std::string_view, ReadArguments>& readers();

    RawWord word(std::string_view part) const { return {std::string(part), line_.locate(part)}; }
    std::string_view take_flags(RawNode& node, std::string_view text) const;
    std::size_t read_flag(std::string_view text, std::string& flag) const;

    void read_words(RawNode& node, std::string_view text) const;
    void read_whole(RawNode& node, std::string_view text) const;
    bool read_json(RawNode& node, std::string_view text) const;
    void read_json_or_whole(RawNode& node, std::string_view text) const;
    void read_json_or_words(RawNode& node, std::string_view text) const;
    void read_key_values(RawNode& node, std::string_view text) const;
    void read_declarations(RawNode& node, std::string_view text) const;
    void read_healthcheck(RawNode& node, std::string_view text) const;

    const SourceText& source_;
    const LogicalLine& line_;
    char escape_;
};

const std::map<std::string_view, NodeReader::ReadArguments>& NodeReader::readers() {
    static const std::map<std::string_view, ReadArguments> table = {
        {"add", &NodeReader::read_json_or_words},
        {"arg", &NodeReader::read_declarations},
        {"cmd", &NodeReader::read_json_or_whole},
        {"copy", &NodeReader::read_json_or_words},
        {"entrypoint", &NodeReader::read_json_or_whole},
        {"env", &NodeReader::read_key_values},
        {"expose", &NodeReader::read_words},
        {"from", &NodeReader::read_words},
        {"healthcheck", &NodeReader::read_healthcheck},
        {"label", &NodeReader::read_key_values},
        {"maintainer", &NodeReader::read_whole},
        {"run", &NodeReader::read_json_or_whole},
        {"shell", &NodeReader::read_json_or_whole},
        {"stopsignal", &NodeReader::read_whole},
        {"user", &NodeReader::read_whole},
        {"volume", &NodeReader::read_json_or_words},
        {"workdir", &NodeReader::read_whole},
    };
    return table;
}

RawNode NodeReader::read(std::string_view text, unsigned depth) {
    RawNode node;
    node.original = text;
    node.location = line_.location;
    std::string_view rest = trim(text);
    node.keyword = word(take_until_blank(rest));
    node.arguments_location = node.keyword.location;
    const std::string_view arguments = trim(take_flags(node, rest));
    if (!arguments.empty()) node.arguments_location = line_.locate(arguments);
    const std::string keyword = to_lower(node.keyword.text);
    if (keyword == "onbuild") {
        if (depth > deepest_trigger)
            throw runtime::Error("ONBUILD is nested too deeply").at(source_.place(node.keyword.location));
        if (!arguments.empty()) node.trigger.push_back(read(arguments, depth + 1));
        return node;
    }
    const auto reader = readers().find(keyword);
    if (reader == readers().end() || arguments.empty()) return node;
    try {
        (this->*reader->second)(node, arguments);
    } catch (runtime::Error& error) {
        error.at(source_.place(node.arguments_location));
        throw;
    }
    return node;
}

/// Moves the leading --words to the node and returns what follows them.
std::string_view NodeReader::take_flags(RawNode& node, std::string_view text) const {
    for (text = trim_start(text); text.starts_with("--"); text = trim_start(text)) {
        std::string flag;
        const std::size_t length = read_flag(text, flag);
        const std::string_view written = text.substr(0, length);
        text.remove_prefix(length);
        if (flag == "--") break;
        node.flags.push_back({std::move(flag), line_.locate(written)});
    }
    return text;
}

/// Reads up to white space outside of quotes and returns how many bytes that was.
std::size_t NodeReader::read_flag(std::string_view text, std::string& flag) const {
    char quote = '\0';
    std::size_t position = 0;
    while (position < text.size()) {
        const DecodedCharacter character = decode_character(text.substr(position));
        const char byte = text[position];
        if (quote == '\0' && is_space(character.value)) break;
        if (quote == '\0' && (byte == '\'' || byte == '"')) {
            quote = byte;
            ++position;
        } else if (quote != '\0' && byte == quote) {
            quote = '\0';
            ++position;
        } else if (byte == escape_) {
            const std::size_t escaped = decode_character(text.substr(position + 1)).length;
            flag += text.substr(position + 1, escaped);
            position += 1 + escaped;
        } else {
            flag += text.substr(position, character.length);
            position += character.length;
        }
    }
    return position;
}

void NodeReader::read_words(RawNode& node, std::string_view text) const {
    while (!text.empty()) node.arguments.push_back(word(take_until_blank(text)));
}

void NodeReader::read_whole(RawNode& node, std::string_view text) const {
    node.arguments.push_back(word(text));
}

bool NodeReader::read_json(RawNode& node, std::string_view text) const {
    auto words = parse_json_words(text);
    if (!words) return false;
    node.is_json = true;
    for (JsonWord& one : *words) node.arguments.push_back({std::move(one.text), line_.locate(one.written)});
    return true;
}

void NodeReader::read_json_or_whole(RawNode& node, std::string_view text) const {
    if (!read_json(node, text)) read_whole(node, text);
}

void NodeReader::read_json_or_words(RawNode& node, std::string_view text) const {
    if (!read_json(node, text)) read_words(node, text);
}

void NodeReader::read_key_values(RawNode& node, std::string_view text) const {
    const std::string keyword = to_upper(node.keyword.text);
    const std::vector<std::string_view> words = split_quoted_words(text, escape_);
    if (words.empty()) return;
    if (words.front().find('=') == std::string_view::npos) {
        std::string_view value = text;
        const std::string_view key = take_until_blank(value);
        if (value.empty())
            throw runtime::Error("{} must have two arguments: {} has no value", keyword, runtime::quoted(key))
                .at(source_.place(line_.locate(key)))
                .with_hint(fmt::format("write {} {}=value", keyword, key));
        node.arguments = {word(key), word(value), {"", line_.locate(key)}};
        return;
    }
    for (const std::string_view pair : words) {
        const std::size_t equals = pair.find('=');
        if (equals == std::string_view::npos)
            throw runtime::Error("Syntax error - can't find = in {}. Must be of the form: name=value",
                                 runtime::quoted(pair))
                .at(source_.place(line_.locate(pair)))
                .with_hint("put quotes around a value with blanks in it");
        node.arguments.push_back(word(pair.substr(0, equals)));
        node.arguments.push_back(word(pair.substr(equals + 1)));
        node.arguments.push_back({"=", line_.locate(pair)});
    }
}

void NodeReader::read_declarations(RawNode& node, std::string_view text) const {
    for (const std::string_view declaration : split_quoted_words(text, escape_))
        node.arguments.push_back(word(declaration));
}

void NodeReader::read_healthcheck(RawNode& node, std::string_view text) const {
    node.arguments.push_back(word(take_until_blank(text)));
    if (!text.empty()) read_json_or_whole(node, text);
}

bool takes_heredocs(const RawNode& node) {
    const RawNode& inner = node.trigger.empty() ? node : node.trigger.front();
    const std::string keyword = to_lower(inner.keyword.text);
    return !inner.is_json && (keyword == "run" || keyword == "copy" || keyword == "add");
}

/// Reads one instruction with its here-documents.
RawNode read_instruction(const SourceText& source, LineReader& reader, LogicalLine line) {
    RawNode node = parse_raw_node(source, line, reader.escape());
    if (takes_heredocs(node)) {
        try {
            node.heredocs = heredocs_in_line(line.text);
        } catch (runtime::Error& error) {
            error.at(source.place(line.location));
            throw;
        }
        for (Heredoc& heredoc : node.heredocs) reader.read_heredoc(heredoc, line);
    }
    node.location = line.location;
    node.comments = std::move(line.comments);
    return node;
}

}  // namespace

RawNode parse_raw_node(const SourceText& source, const LogicalLine& line, char escape) {
    return NodeReader(source, line, escape).read(line.text, 0);
}

RawFile read_raw_nodes(const SourceText& source, std::vector<Warning>* warnings, std::vector<runtime::Error>* errors) {
    LineReader reader(source, warnings);
    RawFile file;
    const std::size_t errors_before = errors ? errors->size() : 0;
    for (auto line = reader.next(); line; line = reader.next()) {
        try {
            file.nodes.push_back(read_instruction(source, reader, std::move(*line)));
        } catch (const runtime::Error& error) {
            if (!errors) throw;
            errors->push_back(error);
        }
    }
    if (file.nodes.empty() && (!errors || errors->size() == errors_before))
        throw runtime::Error("{}\nfile with no instructions: {}",
                             source.text().empty() ? fmt::format("no contents in \"{}\"", source.name())
                                                   : "building: no stages to build",
                             runtime::quoted(source.name()))
            .with_hint("a Containerfile starts with FROM");
    file.directives = reader.directives();
    file.escape = reader.escape();
    return file;
}

std::vector<std::string_view> split_quoted_words(std::string_view text, char escape) {
    std::vector<std::string_view> words;
    for (text = trim_start(text); !text.empty(); text = trim_start(text)) {
        char quote = '\0';
        std::size_t position = 0;
        bool ends_with_escape = false;
        while (position < text.size()) {
            const DecodedCharacter character = decode_character(text.substr(position));
            const char byte = text[position];
            if (quote == '\0' && is_space(character.value)) break;
            // Nothing is escaped within single quotes.
            if (byte == escape && quote != '\'') {
                ends_with_escape = position + 1 == text.size();
                position += 1 + decode_character(text.substr(position + 1)).length;
                continue;
            }
            if (quote == '\0' && (byte == '\'' || byte == '"'))
                quote = byte;
            else if (byte == quote)
                quote = '\0';
            position += character.length;
        }
        // An escape at the very end escapes nothing and is dropped.
        const std::string_view word = text.substr(0, ends_with_escape ? position - 1 : position);
        if (!word.empty()) words.push_back(word);
        text.remove_prefix(position);
    }
    return words;
}

}  // namespace builder
