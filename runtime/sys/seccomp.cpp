#include "runtime/sys/seccomp.hpp"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/base/letter_case.hpp"
#include "runtime/base/pack.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/output_file.hpp"
#include "runtime/sys/socket_filter.hpp"

extern "C" const char builder_default_seccomp[];
extern "C" const char builder_default_seccomp_end[];

namespace runtime {
namespace {

using nlohmann::json;

/// Raised when the compiled form changes for the same profile, so that kept programs are not used any more.
constexpr std::uint32_t cache_version = 2;

struct ContextReleaser {
    void operator()(void* context) const noexcept { seccomp_release(context); }
};
using Context = std::unique_ptr<void, ContextReleaser>;

std::uint32_t action_of(const std::string& name, unsigned errno_value) {
    if (name == "SCMP_ACT_ALLOW") return SCMP_ACT_ALLOW;
    if (name == "SCMP_ACT_ERRNO") return SCMP_ACT_ERRNO(errno_value);
    if (name == "SCMP_ACT_KILL" || name == "SCMP_ACT_KILL_THREAD") return SCMP_ACT_KILL_THREAD;
    if (name == "SCMP_ACT_KILL_PROCESS") return SCMP_ACT_KILL_PROCESS;
    if (name == "SCMP_ACT_TRAP") return SCMP_ACT_TRAP;
    if (name == "SCMP_ACT_TRACE") return SCMP_ACT_TRACE(errno_value);
    if (name == "SCMP_ACT_LOG") return SCMP_ACT_LOG;
    throw Error("{} is not a seccomp action", quoted(name));
}

scmp_compare comparison_of(const std::string& name) {
    static const std::map<std::string, scmp_compare> names = {{"SCMP_CMP_NE", SCMP_CMP_NE},
                                                              {"SCMP_CMP_LT", SCMP_CMP_LT},
                                                              {"SCMP_CMP_LE", SCMP_CMP_LE},
                                                              {"SCMP_CMP_EQ", SCMP_CMP_EQ},
                                                              {"SCMP_CMP_GE", SCMP_CMP_GE},
                                                              {"SCMP_CMP_GT", SCMP_CMP_GT},
                                                              {"SCMP_CMP_MASKED_EQ", SCMP_CMP_MASKED_EQ}};
    const auto found = names.find(name);
    if (found == names.end()) throw Error("{} is not a seccomp comparison", quoted(name));
    return found->second;
}

std::vector<scmp_arg_cmp> arguments_of(const json& rule) {
    std::vector<scmp_arg_cmp> arguments;
    const auto list = rule.find("args");
    if (list == rule.end() || list->is_null()) return arguments;
    for (const json& argument : *list) {
        scmp_arg_cmp comparison{};
        comparison.arg = argument.at("index").get<unsigned>();
        comparison.op = comparison_of(argument.at("op").get<std::string>());
        comparison.datum_a = argument.at("value").get<std::uint64_t>();
        comparison.datum_b = argument.value("valueTwo", std::uint64_t{0});
        arguments.push_back(comparison);
    }
    return arguments;
}

/// The machine's name as profiles write it.
std::string profile_architecture() {
    static const std::map<std::string, std::string> names = {
        {"x86_64", "amd64"}, {"aarch64", "arm64"}, {"armv7l", "arm"}, {"i686", "x86"}};
    utsname machine{};
    ::uname(&machine);
    const auto found = names.find(machine.machine);
    return found == names.end() ? machine.machine : found->second;
}

bool names_architecture(const json& condition) {
    const auto list = condition.find("arches");
    if (list == condition.end()) return false;
    for (const json& name : *list)
        if (name == profile_architecture()) return true;
    return false;
}

enum class Match { none, some, all };

Match capability_match(const json& condition, CapabilitySet capabilities) {
    const auto list = condition.find("caps");
    if (list == condition.end() || list->empty()) return Match::none;
    bool all = true;
    bool some = false;
    for (const json& name : *list) {
        const bool has = (capability(name.get<std::string>()) & capabilities) != 0;
        all = all && has;
        some = some || has;
    }
    return all ? Match::all : some ? Match::some : Match::none;
}

bool applies(const json& rule, CapabilitySet capabilities) {
    const json includes = rule.value("includes", json::object());
    const json excludes = rule.value("excludes", json::object());
    if (includes.contains("arches") && !names_architecture(includes)) return false;
    if (includes.contains("caps") && capability_match(includes, capabilities) != Match::all) return false;
    if (names_architecture(excludes)) return false;
    return capability_match(excludes, capabilities) == Match::none;
}

void add_rule(void* context, std::uint32_t default_action, const json& rule) {
    const std::uint32_t action =
        action_of(rule.at("action").get<std::string>(), rule.value("errnoRet", unsigned{EPERM}));
    if (action == default_action) return;
    const std::vector<scmp_arg_cmp> arguments = arguments_of(rule);
    for (const json& name : rule.at("names")) {
        const int number = seccomp_syscall_resolve_name(name.get<std::string>().c_str());
        if (number == __NR_SCMP_ERROR) continue;
        const int result =
            seccomp_rule_add_array(context, action, number, static_cast<unsigned>(arguments.size()), arguments.data());
        // A call with its own meaning on another architecture (EDOM), or the same rule twice, is no harm.
        if (result < 0 && result != -EDOM && result != -EEXIST)
            throw Error("cannot add the rule for {}: {}", name.get<std::string>(), errno_text(-result));
    }
}

void add_sub_architectures(void* context, const json& profile) {
    const auto map = profile.find("archMap");
    if (map == profile.end() || !map->is_array()) return;
    const std::uint32_t native = seccomp_arch_native();
    const auto token = [](const json& name) {
        std::string text = name.get<std::string>();
        text.erase(0, std::string_view("SCMP_ARCH_").size());
        return seccomp_arch_resolve_name(in_lower_case(text).c_str());
    };
    for (const json& entry : *map) {
        if (token(entry.at("architecture")) != native) continue;
        for (const json& name : entry.value("subArchitectures", json::array()))
            if (const std::uint32_t sub = token(name); sub != 0) seccomp_arch_add(context, sub);
    }
}

std::string export_program(void* context) {
    const Fd memory(::memfd_create("seccomp", MFD_CLOEXEC));
    if (!memory) throw SystemError("cannot make a memory file");
    if (const int result = seccomp_export_bpf(context, memory.get()); result < 0)
        throw Error("cannot export the seccomp filter: {}", errno_text(-result));
    ::lseek(memory.get(), 0, SEEK_SET);
    return read_file(memory, "the seccomp filter");
}

SeccompFilter compile_json(const json& profile, CapabilitySet capabilities) {
    const std::uint32_t default_action =
        action_of(profile.at("defaultAction").get<std::string>(), profile.value("defaultErrnoRet", unsigned{EPERM}));
    const Context context(seccomp_init(default_action));
    if (!context) throw Error("libseccomp cannot make a filter");
    seccomp_attr_set(context.get(), SCMP_FLTATR_CTL_NNP, 0);
    seccomp_attr_set(context.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);
    seccomp_attr_set(context.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(EPERM));
    add_sub_architectures(context.get(), profile);
    for (const json& rule : profile.value("syscalls", json::array()))
        if (applies(rule, capabilities)) add_rule(context.get(), default_action, rule);
    return {export_program(context.get())};
}

/// The names of the native architecture and those that it runs too.
json oci_architectures(const json& profile) {
    json names = profile.value("architectures", json::array());
    for (const json& entry : profile.value("archMap", json::array())) {
        std::string name = entry.at("architecture").get<std::string>();
        const std::string token =
            in_lower_case(name.substr(std::min(name.size(), std::string_view("SCMP_ARCH_").size())));
        if (seccomp_arch_resolve_name(token.c_str()) != seccomp_arch_native()) continue;
        names.push_back(name);
        for (const json& other : entry.value("subArchitectures", json::array())) names.push_back(other);
    }
    return names;
}

json oci_rule(const json& rule) {
    json result = {{"names", rule.at("names")}, {"action", rule.at("action")}};
    if (rule.contains("errnoRet")) result["errnoRet"] = rule["errnoRet"];
    for (const json& argument : rule.value("args", json::array())) {
        json copy = {{"index", argument.at("index")}, {"value", argument.at("value")}, {"op", argument.at("op")}};
        if (argument.contains("valueTwo")) copy["valueTwo"] = argument["valueTwo"];
        result["args"].push_back(std::move(copy));
    }
    return result;
}

/// What a kept program was made from; compared as a whole.
struct KeptFilter {
    std::uint32_t version = cache_version;
    CapabilitySet capabilities = 0;
    std::string profile;
    std::string program;
    template <typename Visitor>
    void visit(Visitor& visitor) {
        visitor(version, capabilities, profile, program);
    }
};

std::string cache_name(std::string_view profile, CapabilitySet capabilities) {
    const std::size_t hash = std::hash<std::string_view>{}(profile) ^ std::hash<CapabilitySet>{}(capabilities);
    return fmt::format("seccomp-{:016x}.bpf", hash);
}

std::optional<SeccompFilter> load_kept(const std::string& path, std::string_view profile, CapabilitySet capabilities) {
    try {
        const auto bytes = read_file_if_exists(path);
        if (!bytes) return std::nullopt;
        KeptFilter kept;
        PackReader{*bytes}(kept);
        if (kept.version != cache_version || kept.capabilities != capabilities || kept.profile != profile)
            return std::nullopt;
        return SeccompFilter{std::move(kept.program)};
    } catch (const Error&) {
        return std::nullopt;  // A damaged file is compiled anew.
    }
}

}  // namespace

std::string_view default_seccomp_profile() noexcept {
    return {builder_default_seccomp, static_cast<std::size_t>(builder_default_seccomp_end - builder_default_seccomp)};
}

SeccompFilter compile_seccomp(std::string_view profile_json, CapabilitySet capabilities) {
    try {
        SeccompFilter filter = compile_json(json::parse(profile_json), capabilities);
        if (profile_json != default_seccomp_profile()) return filter;
        const std::vector<sock_filter> sockets = socket_filter(capabilities);
        filter.program.insert(0, reinterpret_cast<const char*>(sockets.data()), sockets.size() * sizeof(sock_filter));
        return filter;
    } catch (const json::exception& error) {
        throw Error("the seccomp profile is not well formed: {}", error.what());
    }
}

SeccompFilter load_or_compile_seccomp(std::string_view profile_json, CapabilitySet capabilities,
                                      const std::string& cache_folder) {
    const std::string path = cache_folder + "/" + cache_name(profile_json, capabilities);
    if (auto kept = load_kept(path, profile_json, capabilities)) return *std::move(kept);
    SeccompFilter filter = compile_seccomp(profile_json, capabilities);
    KeptFilter kept{cache_version, capabilities, std::string(profile_json), filter.program};
    PackWriter writer;
    writer(kept);
    try {
        make_folders(cache_folder, 0700);
        replace_own_file(path, writer.bytes(), 0600);
    } catch (const Error&) {
        // Not kept: the next program compiles it again.
    }
    return filter;
}

std::string oci_seccomp(std::string_view profile_json, CapabilitySet capabilities) {
    try {
        const json profile = json::parse(profile_json);
        json result = {{"defaultAction", profile.at("defaultAction")}};
        if (profile.contains("defaultErrnoRet")) result["defaultErrnoRet"] = profile["defaultErrnoRet"];
        if (json names = oci_architectures(profile); !names.empty()) result["architectures"] = std::move(names);
        for (const json& rule : profile.value("syscalls", json::array()))
            if (applies(rule, capabilities)) result["syscalls"].push_back(oci_rule(rule));
        return result.dump();
    } catch (const json::exception& error) {
        throw Error("the seccomp profile is not well formed: {}", error.what());
    }
}

std::string seccomp_beside_runtime() {
    const std::vector<sock_filter> filter = socketcall_filter();
    return {reinterpret_cast<const char*>(filter.data()), filter.size() * sizeof(sock_filter)};
}

void install_seccomp(std::string_view program) {
    std::vector<sock_filter> instructions(program.size() / sizeof(sock_filter));
    std::memcpy(instructions.data(), program.data(), instructions.size() * sizeof(sock_filter));
    sock_fprog filter{static_cast<unsigned short>(instructions.size()), instructions.data()};
    if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) != 0)
        throw SystemError("cannot install the seccomp filter");
}

}  // namespace runtime
