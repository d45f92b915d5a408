#include "runtime/base/yaml.hpp"

#include <yaml.h>

#include <charconv>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "runtime/base/error.hpp"

namespace runtime {
namespace {

using nlohmann::json;

constexpr unsigned most_levels = 100;

/// Owns what libyaml fills in.
class Event {
public:
    explicit Event(yaml_parser_t& parser, std::string_view what) {
        if (yaml_parser_parse(&parser, &event_) == 1) return;
        throw Error("{} is no YAML: line {}: {}", what, parser.problem_mark.line + 1,
                    parser.problem == nullptr ? "cannot be read" : parser.problem);
    }
    ~Event() { yaml_event_delete(&event_); }
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;
    const yaml_event_t& get() const noexcept { return event_; }
    yaml_event_type_t type() const noexcept { return event_.type; }

private:
    yaml_event_t event_{};
};

/// A plain scalar means what it looks like: null, a truth value, a number, else a text.
json plain_value(const std::string& text) {
    if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") return nullptr;
    if (text == "true" || text == "True" || text == "TRUE") return true;
    if (text == "false" || text == "False" || text == "FALSE") return false;
    const int base = text.starts_with("0x") ? 16 : text.starts_with("0o") ? 8 : 10;
    const char* const start = text.data() + (base == 10 ? 0 : 2);
    const char* const end = text.data() + text.size();
    std::int64_t integer = 0;
    if (const auto [last, error] = std::from_chars(start, end, integer, base); error == std::errc() && last == end)
        return integer;
    double number = 0;
    if (const auto [last, error] = std::from_chars(text.data(), end, number);
        error == std::errc() && last == end && std::isfinite(number))
        return number;
    return text;
}

class Reader {
public:
    Reader(std::string_view text, std::string_view what) : what_(what) {
        if (yaml_parser_initialize(&parser_) != 1) throw std::bad_alloc();
        yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()), text.size());
    }
    ~Reader() { yaml_parser_delete(&parser_); }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    json read() {
        static_cast<void>(Event(parser_, what_));  // the stream's start
        const Event start(parser_, what_);
        if (start.type() == YAML_STREAM_END_EVENT) return nullptr;
        json value = read_value(0);
        static_cast<void>(Event(parser_, what_));  // the document's end
        if (Event(parser_, what_).type() != YAML_STREAM_END_EVENT)
            throw Error("{} holds more than one document", what_);
        return value;
    }

private:
    json read_value(unsigned level) {
        const Event event(parser_, what_);
        return value_of(event, level);
    }

    json value_of(const Event& event, unsigned level) {
        if (level > most_levels) throw Error("{} is nested too deep", what_);
        switch (event.type()) {
            case YAML_SCALAR_EVENT:
                return scalar(event);
            case YAML_SEQUENCE_START_EVENT:
                return sequence(level);
            case YAML_MAPPING_START_EVENT:
                return mapping(level);
            default:
                throw Error("{} has an alias in line {}, which is not supported", what_,
                            event.get().start_mark.line + 1);
        }
    }

    static std::string text_of(const Event& event) {
        const auto& scalar = event.get().data.scalar;
        return {reinterpret_cast<const char*>(scalar.value), scalar.length};
    }
    static json scalar(const Event& event) {
        return event.get().data.scalar.style == YAML_PLAIN_SCALAR_STYLE ? plain_value(text_of(event))
                                                                        : json(text_of(event));
    }

    json sequence(unsigned level) {
        json list = json::array();
        for (;;) {
            const Event event(parser_, what_);
            if (event.type() == YAML_SEQUENCE_END_EVENT) return list;
            list.push_back(value_of(event, level + 1));
        }
    }

    json mapping(unsigned level) {
        json object = json::object();
        for (;;) {
            const Event event(parser_, what_);
            if (event.type() == YAML_MAPPING_END_EVENT) return object;
            if (event.type() != YAML_SCALAR_EVENT)
                throw Error("{} has a key in line {} that is no text", what_, event.get().start_mark.line + 1);
            object[text_of(event)] = read_value(level + 1);
        }
    }

    yaml_parser_t parser_{};
    std::string_view what_;
};

}  // namespace

nlohmann::json parse_yaml(std::string_view text, std::string_view what) {
    return Reader(text, what).read();
}

}  // namespace runtime
