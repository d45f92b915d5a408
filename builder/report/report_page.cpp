#include "builder/report/report_page.hpp"

#include <nlohmann/json.hpp>
#include <string_view>

#include "runtime/base/harmless.hpp"

// page.html, linked into the program by report_page.S.
extern "C" const char builder_report_page[];
extern "C" const char builder_report_page_end[];

namespace builder {
namespace {

constexpr std::string_view place_of_data = "@DATA@";

/// "</script" and "<!--" would end the element that the data stands in.
std::string without_tags(const std::string& json) {
    std::string text;
    text.reserve(json.size());
    for (const char c : json) {
        if (c == '<')
            text += "\\u003c";
        else
            text += c;
    }
    return text;
}

}  // namespace

std::string report_page(const nlohmann::ordered_json& data) {
    const std::string_view page(builder_report_page, builder_report_page_end - builder_report_page);
    const std::size_t place = page.find(place_of_data);
    const std::string json = data.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    std::string text(page.substr(0, place));
    text += without_tags(runtime::harmless_json(json));
    text += page.substr(place + place_of_data.size());
    return text;
}

}  // namespace builder
