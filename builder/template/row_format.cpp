#include <algorithm>
#include <cctype>

#include "builder/template/template.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

/// The text outside of actions, changed.
template <typename Change>
std::string outside_actions(const std::string& format, Change change) {
    std::string result;
    for (std::size_t position = 0; position < format.size();) {
        const std::size_t open = std::min(format.find("{{", position), format.size());
        for (; position < open; ++position) result += change(format[position]);
        const std::size_t close = std::min(format.find("}}", open), format.size());
        result += format.substr(open, close + 2 - open);
        position = std::min(close + 2, format.size());
    }
    return result;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    for (std::size_t place = text.find(from); place != std::string::npos; place = text.find(from, place + to.size()))
        text.replace(place, from.size(), to);
    return text;
}

/// Columns: tabs part the cells of a line, three blanks keep them apart. A last cell is as long as it is.
std::string aligned(const std::string& text) {
    std::vector<std::vector<std::string>> lines;
    std::vector<std::size_t> widths;
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        std::vector<std::string> cells(1);
        for (std::size_t i = start; i < end; ++i) {
            if (text[i] == '\t')
                cells.emplace_back();
            else
                cells.back() += text[i];
        }
        widths.resize(std::max(widths.size(), cells.size()));
        for (std::size_t i = 0; i + 1 < cells.size(); ++i) widths[i] = std::max(widths[i], cells[i].size());
        lines.push_back(std::move(cells));
        start = end + 1;
    }
    std::string result;
    for (const auto& cells : lines) {
        for (std::size_t i = 0; i + 1 < cells.size(); ++i) result += fmt::format("{:<{}}", cells[i], widths[i] + 3);
        result += cells.back() + "\n";
    }
    return result;
}

std::string heading_of(const std::string& field, const std::map<std::string, std::string>& headings) {
    if (const auto known = headings.find(field); known != headings.end()) return known->second;
    std::string text = field;
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char byte) { return static_cast<char>(std::toupper(byte)); });
    return text;
}

bool is_word_byte(char byte) {
    return std::isalnum(static_cast<unsigned char>(byte)) != 0 || byte == '_';
}

/// The field that an action prints: Names for "json .Names"; empty for an action that prints none.
std::string_view field_of(std::string_view action) {
    const auto skip = [&](const auto& belongs) {
        while (!action.empty() && belongs(action.front())) action.remove_prefix(1);
    };
    const auto is_blank = [](char byte) { return byte == ' ' || byte == '\t'; };
    if (action.starts_with("-")) action.remove_prefix(1);
    skip(is_blank);
    skip(is_word_byte);  // the name of a function
    skip(is_blank);
    if (!action.starts_with(".")) return {};
    action.remove_prefix(1);
    return action.substr(
        0, static_cast<std::size_t>(std::find_if_not(action.begin(), action.end(), is_word_byte) - action.begin()));
}

/// The template with each action that prints a field replaced by the field's heading.
std::string heading_line(const std::string& format, const std::map<std::string, std::string>& headings) {
    std::string line;
    for (std::size_t position = 0; position < format.size();) {
        const std::size_t start = format.find("{{", position);
        const std::size_t end = start == std::string::npos ? start : format.find("}}", start);
        if (end == std::string::npos) return line + format.substr(position) + "\n";
        const std::string_view action = std::string_view(format).substr(start + 2, end - start - 2);
        line += format.substr(position, start - position);
        const std::string_view field = field_of(action);
        line += field.empty() ? format.substr(start, end + 2 - start) : heading_of(std::string(field), headings);
        position = end + 2;
    }
    return line + "\n";
}

std::string as_json(const std::vector<TemplateValue>& rows) {
    std::string text;
    for (const TemplateValue& row : rows) text += row.json() + "\n";
    return text;
}

}  // namespace

std::string format_rows(const std::string& given, const std::vector<TemplateValue>& rows,
                        const std::map<std::string, std::string>& headings) {
    std::string format = replaced(replaced(given, "\\t", "\t"), "\\n", "\n");
    if (format == "json") return as_json(rows);
    const bool has_heading = format.starts_with("table ") || format.starts_with("table\t");
    if (has_heading) format.erase(0, 6);
    format = outside_actions(format, [](char byte) { return byte == ' ' ? '\t' : byte; });
    const Template row_template = Template::parse(format);
    std::string text = has_heading ? heading_line(format, headings) : "";
    for (const TemplateValue& row : rows) {
        const std::string line = row_template.execute(row);
        text += line + (line.ends_with("\n") ? "" : "\n");
    }
    return text.find('\t') == std::string::npos ? text : aligned(text);
}

}  // namespace builder
