#include "registry/curl_library.hpp"

#include <dlfcn.h>

#include "runtime/base/error.hpp"

namespace registry {
namespace {

template <typename Function>
void look_up(void* library, const char* name, Function& function) {
    function = reinterpret_cast<Function>(::dlsym(library, name));
    if (function == nullptr) throw runtime::Error("libcurl has no function {}", name);
}

CurlLibrary load() {
    // Never unloaded: it registers handlers that must not vanish before the program does.
    void* const library = ::dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr)
        throw runtime::Error("cannot load libcurl: {}", ::dlerror()).with_hint("install it: apt-get install libcurl4");
    CurlLibrary functions{};
    look_up(library, "curl_global_init", functions.global_init);
    look_up(library, "curl_easy_init", functions.easy_init);
    look_up(library, "curl_easy_cleanup", functions.easy_cleanup);
    look_up(library, "curl_easy_perform", functions.easy_perform);
    look_up(library, "curl_easy_setopt", functions.easy_setopt);
    look_up(library, "curl_easy_getinfo", functions.easy_getinfo);
    look_up(library, "curl_easy_strerror", functions.easy_strerror);
    functions.global_init(CURL_GLOBAL_DEFAULT);
    return functions;
}

}  // namespace

const CurlLibrary& curl_library() {
    static const CurlLibrary functions = load();
    return functions;
}

}  // namespace registry
