#include "builder/commands/secret_flag.hpp"

#include <cstdlib>
#include <map>
#include <set>

#include "builder/cli/command.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"
#include "runtime/sys/waiting_read.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;

using Fields = std::map<std::string, std::string>;

Fields parse_fields(const std::string& text) {
    static const std::set<std::string_view> known = {"id", "src", "source", "env", "type", "scan"};
    Fields fields;
    for (const std::string_view part : runtime::split(text, ',')) {
        const auto [key, value] = runtime::split_once(part, '=');
        if (!known.contains(key))
            throw Error("--secret: {} is not known", quoted(key)).with_hint("it takes id=ID with src=FILE or env=NAME");
        fields[key == "source" ? "src" : std::string(key)] = value;
    }
    const std::string& type = fields["type"];
    if (!type.empty() && type != "file" && type != "env")
        throw Error("--secret: the type is file or env, not {}", quoted(type));
    return fields;
}

std::string environment_value(const std::string& name) {
    const char* const value = std::getenv(name.c_str());
    if (value == nullptr) throw Error("the environment has no variable {}", quoted(name));
    return value;
}

struct Source {
    bool is_variable = false;
    std::string name;
};

Source source_of(Fields& fields, const std::string& id) {
    const std::string& type = fields["type"];
    const std::string& given = fields["src"];
    const std::string& variable = fields["env"];
    if (type == "env") return {true, !variable.empty() ? variable : !given.empty() ? given : id};
    if (!given.empty()) return {false, given};
    if (type == "file") return {false, id};
    if (!variable.empty()) return {true, variable};
    return {std::getenv(id.c_str()) != nullptr, id};
}

}  // namespace

void add_secret(const std::string& text, BuildImageRequest& request, const runtime::StopSource& stop) {
    constexpr std::size_t limit_bytes = 512 * 1024;
    Fields fields = parse_fields(text);
    const std::string id = !fields["id"].empty() ? fields["id"] : fields["src"].substr(fields["src"].rfind('/') + 1);
    if (id.empty()) throw Error("--secret {} has no id", quoted(text));
    if (fields.contains("scan") && !parse_switch("secret scan", fields["scan"])) request.unscanned_secrets.insert(id);
    const Source source = source_of(fields, id);
    request.secrets[id] =
        source.is_variable ? environment_value(source.name) : runtime::read_waiting(source.name, limit_bytes, stop);
}

}  // namespace builder
