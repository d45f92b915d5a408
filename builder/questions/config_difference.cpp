#include "builder/questions/config_difference.hpp"

#include <map>
#include <nlohmann/json.hpp>

#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"

namespace builder {
namespace {

using Fields = std::map<std::string, std::string>;

/// An object gives a field for each of its own, the environment one for each variable.
void flatten(const std::string& name, const nlohmann::json& value, Fields& fields) {
    if (value.is_object() && !value.empty()) {
        for (const auto& [key, one] : value.items()) flatten(name + "." + key, one, fields);
    } else if (name == "Env" && value.is_array()) {
        for (const nlohmann::json& one : value) {
            const std::string text = one.get<std::string>();
            const auto [variable, its_value] = runtime::split_once(text, '=');
            fields["Env." + std::string(variable)] = its_value;
        }
    } else {
        fields[name] = value.is_string() ? value.get<std::string>() : runtime::write_json(value);
    }
}

Fields fields_of(const layers::oci::ImageConfig& config) {
    nlohmann::json document = runtime::parse_json(layers::oci::write_image_config(config), "the configuration");
    Fields fields;
    for (const auto& [name, value] : document["config"].items()) flatten(name, value, fields);
    for (const char* const name : {"config", "history", "rootfs", "created"}) document.erase(name);
    for (const auto& [name, value] : document.items()) flatten(name, value, fields);
    return fields;
}

}  // namespace

std::vector<ConfigDifference> difference_of(const layers::oci::ImageConfig& before,
                                            const layers::oci::ImageConfig& after) {
    const Fields old_fields = fields_of(before), new_fields = fields_of(after);
    std::map<std::string, ConfigDifference> all;
    for (const auto& [name, value] : old_fields) all[name].before = value;
    for (const auto& [name, value] : new_fields) all[name].after = value;
    std::vector<ConfigDifference> differences;
    for (auto& [name, one] : all) {
        if (one.before == one.after) continue;
        one.field = name;
        differences.push_back(std::move(one));
    }
    return differences;
}

}  // namespace builder
