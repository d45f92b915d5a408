#include "registry/remote/registry_error.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "runtime/base/json.hpp"

namespace registry {
namespace {

constexpr std::size_t body_limit_bytes = 64 * 1024;
constexpr std::size_t longest_message = 500;

struct Reasons {
    std::vector<std::string> codes;
    std::string text;
};

/// {"errors": [{"code": …, "message": …}]}; token servers say {"details": …} or {"error_description": …}.
Reasons read_reasons(const std::string& body) {
    const auto value = nlohmann::json::parse(body, nullptr, false);
    Reasons reasons;
    if (!value.is_object()) return reasons;
    const auto text_of = [](const nlohmann::json& object, const char* name) {
        const auto field = object.find(name);
        return field != object.end() && field->is_string() ? field->get<std::string>() : std::string();
    };
    if (const auto errors = value.find("errors"); errors != value.end() && errors->is_array()) {
        for (const auto& error : *errors) {
            if (!error.is_object()) continue;
            const std::string code = text_of(error, "code");
            const std::string message = text_of(error, "message");
            reasons.codes.push_back(code);
            reasons.text += (reasons.text.empty() ? "" : "; ") + (message.empty() ? code : message);
        }
    }
    for (const char* name : {"details", "error_description", "message", "error"})
        if (reasons.text.empty()) reasons.text = text_of(value, name);
    return reasons;
}

std::string body_of(HttpResponse& response) {
    try {
        return response.read_text(body_limit_bytes, "the answer");
    } catch (const runtime::Error&) {
        return "";  // The status alone has to do.
    }
}

/// What comes from a server is shown on one line, and not without end.
std::string shown(std::string text) {
    if (text.size() > longest_message) text = text.substr(0, longest_message) + "…";
    const std::string safe = runtime::quoted(text);
    return safe.substr(1, safe.size() - 2);
}

/// What a status says that comes without words, as one of HEAD does.
std::string meaning_of(long status) {
    if (status == 401) return "authentication required";
    if (status == 403) return "requested access to the resource is denied";
    return "";
}

}  // namespace

RegistryError make_registry_error(HttpResponse& response) {
    const long status = response.status();
    const Reasons reasons = read_reasons(body_of(response));
    const std::string text = reasons.text.empty() ? meaning_of(status) : shown(reasons.text);
    RegistryError error = text.empty() ? RegistryError("the registry answered with status {}", status)
                                       : RegistryError("{} (status {})", text, status);
    error.status = status;
    error.codes = reasons.codes;
    return error;
}

}  // namespace registry
