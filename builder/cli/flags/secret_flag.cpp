#include "builder/cli/flags/secret_flag.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
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

Error bad_form() {
    return Error(
        "creating build executor: incorrect secret flag format: should be --secret id=foo,src=bar[,env=ENV][,type="
        "file|env]");
}

Fields parse_fields(const std::string& text) {
    static const std::set<std::string_view> known = {"id", "src", "source", "env", "type", "scan"};
    Fields fields;
    if (text.empty()) return fields;
    for (const std::string_view part : runtime::split(text, ',')) {
        const auto [key, value] = runtime::split_once(part, '=');
        if (!known.contains(key))
            throw bad_form().with_hint(
                fmt::format("--secret {}: {} is none of id, src, env, type and scan", text, quoted(key)));
        fields[key == "source" ? "src" : std::string(key)] = value;
    }

    const std::string& type = fields["type"];
    if (!type.empty() && type != "file" && type != "env")
        throw Error("creating build executor: invalid secret type, must be file or env")
            .with_hint(fmt::format("--secret {} has the type {}", text, quoted(type)));
    return fields;
}

std::string environment_value(const std::string& name) {
    const char* const value = std::getenv(name.c_str());
    if (value == nullptr) throw Error("--secret: the environment has no variable {}", quoted(name));
    return value;
}

std::string content_of_file(const std::string& path, const runtime::StopSource& stop) {
    constexpr std::size_t limit_bytes = 512 * 1024;
    if (::access(path.c_str(), F_OK) != 0)
        throw runtime::SystemError("creating build executor: could not parse secrets: faccessat {}",
                                   std::filesystem::absolute(path).string());
    return runtime::read_waiting(path, limit_bytes, stop);
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
    if (text.empty()) return;
    Fields fields = parse_fields(text);
    const std::string id = !fields["id"].empty() ? fields["id"] : fields["src"].substr(fields["src"].rfind('/') + 1);
    if (id.empty()) throw bad_form().with_hint(fmt::format("--secret {} has no id", text));
    if (fields.contains("scan") && !parse_switch("secret scan", fields["scan"]))
        request.steps.unscanned_secrets.insert(id);
    const Source source = source_of(fields, id);
    request.steps.secrets[id] =
        source.is_variable ? environment_value(source.name) : content_of_file(source.name, stop);
}

}  // namespace builder
