#include "builder/template/format_text.hpp"

#include <fmt/format.h>

namespace builder {
namespace {

using Kind = TemplateValue::Kind;

struct Verb {
    bool left = false;
    bool zeros = false;
    bool sign = false;
    bool alternate = false;
    int width = 0;
    int precision = -1;
    char letter = 'v';
};

const char* type_name(const TemplateValue& value) {
    switch (value.kind()) {
        case Kind::boolean:
            return "bool";
        case Kind::integer:
            return "int";
        case Kind::real:
            return "float64";
        case Kind::text:
            return "string";
        case Kind::list:
            return "[]interface {}";
        case Kind::map:
            return "map[string]interface {}";
        case Kind::record:
            return value.type_name().c_str();
        case Kind::nothing:
            break;
    }
    return "<nil>";
}

std::string quoted(const std::string& text) {
    return TemplateValue(text).json();
}

std::string hex_of(const std::string& text, bool upper) {
    std::string result;
    for (const char byte : text)
        result += upper ? fmt::format("{:02X}", static_cast<unsigned char>(byte))
                        : fmt::format("{:02x}", static_cast<unsigned char>(byte));
    return result;
}

std::string whole_number(std::int64_t value, const Verb& verb) {
    const std::string sign = value < 0 ? "-" : verb.sign ? "+" : "";
    const std::uint64_t size = value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
    switch (verb.letter) {
        case 'x':
            return sign + (verb.alternate ? "0x" : "") + fmt::format("{:x}", size);
        case 'X':
            return sign + (verb.alternate ? "0X" : "") + fmt::format("{:X}", size);
        case 'o':
            return sign + (verb.alternate ? "0" : "") + fmt::format("{:o}", size);
        case 'b':
            return sign + fmt::format("{:b}", size);
        case 'c':
            return std::string(1, static_cast<char>(value));
        default:
            return sign + fmt::format("{}", size);
    }
}

std::string real_number(double value, const Verb& verb) {
    const int precision = verb.precision < 0 ? 6 : verb.precision;
    if (verb.letter == 'f') return fmt::format("{:.{}f}", value, precision);
    if (verb.letter == 'e') return fmt::format("{:.{}e}", value, precision);
    return verb.precision < 0 ? fmt::format("{}", value) : fmt::format("{:.{}g}", value, precision);
}

std::string misfit(const Verb& verb, const TemplateValue& value) {
    return fmt::format("%!{}({}={})", verb.letter, type_name(value), value.print());
}

std::string format_one(const Verb& verb, const TemplateValue& value) {
    const std::string_view whole = "dxXobc";
    if (verb.letter == 'T') return type_name(value);
    if (verb.letter == 'v') return value.kind() == Kind::nothing ? "<nil>" : value.print();
    if (value.kind() == Kind::integer && whole.find(verb.letter) != std::string_view::npos)
        return whole_number(value.integer(), verb);
    if (value.kind() == Kind::real && std::string_view("feg").find(verb.letter) != std::string_view::npos)
        return real_number(value.real(), verb);
    if (verb.letter == 't' && value.kind() == Kind::boolean) return value.print();
    if (verb.letter == 's' && (value.kind() == Kind::text || value.kind() == Kind::list)) {
        const std::string text = value.print();
        return verb.precision < 0 ? text : text.substr(0, static_cast<std::size_t>(verb.precision));
    }
    if (verb.letter == 'q' && value.kind() == Kind::text) return quoted(value.text());
    if (value.kind() == Kind::text && (verb.letter == 'x' || verb.letter == 'X'))
        return hex_of(value.text(), verb.letter == 'X');
    return misfit(verb, value);
}

std::string padded(std::string text, const Verb& verb) {
    const auto width = static_cast<std::size_t>(verb.width);
    if (text.size() >= width) return text;
    const std::size_t missing = width - text.size();
    if (verb.left) return text + std::string(missing, ' ');
    if (!verb.zeros) return std::string(missing, ' ') + text;
    const std::size_t sign = text.starts_with("-") || text.starts_with("+") ? 1 : 0;
    return text.insert(sign, missing, '0');
}

/// Reads a verb behind its percent sign; `position` stands behind it then.
Verb read_verb(const std::string& format, std::size_t& position) {
    Verb verb;
    for (; position < format.size(); ++position) {
        const char flag = format[position];
        if (flag == '-')
            verb.left = true;
        else if (flag == '0')
            verb.zeros = true;
        else if (flag == '+')
            verb.sign = true;
        else if (flag == '#')
            verb.alternate = true;
        else if (flag != ' ')
            break;
    }
    const auto number = [&] {
        int value = 0;
        for (; position < format.size() && format[position] >= '0' && format[position] <= '9'; ++position)
            value = std::min(value * 10 + (format[position] - '0'), 1'000'000);
        return value;
    };
    verb.width = number();
    if (position < format.size() && format[position] == '.') {
        ++position;
        verb.precision = number();
    }
    verb.letter = position < format.size() ? format[position++] : '!';
    return verb;
}

}  // namespace

std::string format_text(const std::string& format, const std::vector<TemplateValue>& arguments) {
    std::string text;
    std::size_t next = 1;
    for (std::size_t position = 0; position < format.size();) {
        if (format[position] != '%') {
            text += format[position++];
            continue;
        }
        ++position;
        const Verb verb = read_verb(format, position);
        if (verb.letter == '%')
            text += '%';
        else if (next >= arguments.size())
            text += fmt::format("%!{}(MISSING)", verb.letter);
        else
            text += padded(format_one(verb, arguments[next++]), verb);
    }
    if (next < arguments.size()) {
        text += "%!(EXTRA ";
        for (std::size_t i = next; i < arguments.size(); ++i)
            text += fmt::format("{}{}={}", i == next ? "" : ", ", type_name(arguments[i]), arguments[i].print());
        text += ")";
    }
    return text;
}

}  // namespace builder
