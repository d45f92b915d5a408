#include "registry/http/registrable_domain.hpp"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <libpsl.h>

#include "runtime/base/log.hpp"

namespace registry {
namespace {

/// Loaded when it is needed, as libcurl is, which brings it along.
struct PslLibrary {
    decltype(&psl_builtin) builtin = nullptr;
    decltype(&psl_registrable_domain) registrable_domain = nullptr;
};

PslLibrary load() {
    PslLibrary functions;
    void* const library = ::dlopen("libpsl.so.5", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
        runtime::log_debug("cannot load libpsl: {}", ::dlerror());
        return functions;
    }
    functions.builtin = reinterpret_cast<decltype(&psl_builtin)>(::dlsym(library, "psl_builtin"));
    functions.registrable_domain =
        reinterpret_cast<decltype(&psl_registrable_domain)>(::dlsym(library, "psl_registrable_domain"));
    return functions;
}

bool is_address(const std::string& host) {
    in_addr address{};
    return host.starts_with("[") || ::inet_pton(AF_INET, host.c_str(), &address) == 1;
}

/// Empty where there is none.
std::string registrable_domain(const std::string& host) {
    static const PslLibrary psl = load();
    if (is_address(host) || psl.builtin == nullptr || psl.registrable_domain == nullptr) return "";
    const psl_ctx_t* const list = psl.builtin();
    const char* const domain = list == nullptr ? nullptr : psl.registrable_domain(list, host.c_str());
    return domain == nullptr ? "" : domain;
}

}  // namespace

bool share_registrable_domain(const std::string& left, const std::string& right) {
    if (left == right) return true;
    const std::string domain = registrable_domain(left);
    return !domain.empty() && domain == registrable_domain(right);
}

}  // namespace registry
