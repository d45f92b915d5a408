#include "registry/settings/builder_toml.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "registry/http/url.hpp"
#include "registry/settings/user_places.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/log.hpp"
#include "runtime/base/toml.hpp"
#include "runtime/sys/file.hpp"

namespace registry {
namespace {

using nlohmann::json;
using runtime::Error;
using runtime::quoted;

constexpr std::size_t file_limit_bytes = 1U << 20;

void check_keys(const json& table, const std::string& name, std::initializer_list<std::string_view> known) {
    if (!table.is_object()) throw Error("{} is no table", name);
    for (const auto& [key, value] : table.items())
        if (std::find(known.begin(), known.end(), key) == known.end())
            throw Error("{} has a key {} that builder does not know", name, quoted(key))
                .with_hint(fmt::format("the keys are: {}", fmt::join(known, ", ")));
}

/// What one file leaves out, another one may say.
void add_store(const json& table, StoreSettings& store) {
    check_keys(table, "[store]", {"keep-size", "older-than", "min-free"});
    const runtime::JsonFields fields(table, "[store]");
    const auto take = [&](const char* key, std::string& value) {
        if (std::string text = fields.text_or_empty(key); !text.empty()) value = std::move(text);
    };
    take("keep-size", store.keep_size);
    take("older-than", store.older_than);
    take("min-free", store.min_free);
}

}  // namespace

void BuilderSettings::add(const std::string& text, const std::string& path) {
    try {
        const json document = runtime::parse_toml(text, path);
        check_keys(document, "the file", {"registry", "store"});
        if (const auto table = document.find("store"); table != document.end()) add_store(*table, store);
        const auto registries = document.find("registry");
        if (registries == document.end()) return;
        if (!registries->is_object()) throw Error("registry is no table");
        for (const auto& [host, table] : registries->items()) {
            const std::string name = "[registry." + quoted(host) + "]";
            check_keys(table, name, {"auth-endpoint"});
            const std::string endpoint = runtime::JsonFields(table, name).text_or_empty("auth-endpoint");
            if (endpoint.empty()) continue;
            static_cast<void>(Url::parse(endpoint));
            auth_endpoints[host] = endpoint;
        }
    } catch (Error& error) {
        error.add_context("cannot use {}", quoted(path));
        throw;
    }
}

BuilderSettings BuilderSettings::read() {
    BuilderSettings settings;
    for (const std::string& path :
         {std::string("/etc/builder/builder.toml"), user_config_folder() + "/builder/builder.toml"}) {
        const auto text = runtime::read_file_if_exists(path, file_limit_bytes);
        if (!text) continue;
        runtime::log_debug("reads {}", path);
        settings.add(*text, path);
    }
    return settings;
}

}  // namespace registry
