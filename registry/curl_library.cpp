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
    look_up(library, "curl_free", functions.free);
    look_up(library, "curl_easy_init", functions.easy_init);
    look_up(library, "curl_easy_cleanup", functions.easy_cleanup);
    look_up(library, "curl_easy_perform", functions.easy_perform);
    look_up(library, "curl_easy_pause", functions.easy_pause);
    look_up(library, "curl_easy_reset", functions.easy_reset);
    look_up(library, "curl_easy_setopt", functions.easy_setopt);
    look_up(library, "curl_easy_getinfo", functions.easy_getinfo);
    look_up(library, "curl_easy_strerror", functions.easy_strerror);
    look_up(library, "curl_getdate", functions.getdate);
    look_up(library, "curl_multi_init", functions.multi_init);
    look_up(library, "curl_multi_cleanup", functions.multi_cleanup);
    look_up(library, "curl_multi_add_handle", functions.multi_add_handle);
    look_up(library, "curl_multi_remove_handle", functions.multi_remove_handle);
    look_up(library, "curl_multi_perform", functions.multi_perform);
    look_up(library, "curl_multi_poll", functions.multi_poll);
    look_up(library, "curl_multi_info_read", functions.multi_info_read);
    look_up(library, "curl_multi_strerror", functions.multi_strerror);
    look_up(library, "curl_slist_append", functions.slist_append);
    look_up(library, "curl_slist_free_all", functions.slist_free_all);
    look_up(library, "curl_url", functions.url);
    look_up(library, "curl_url_cleanup", functions.url_cleanup);
    look_up(library, "curl_url_set", functions.url_set);
    look_up(library, "curl_url_get", functions.url_get);
    functions.global_init(CURL_GLOBAL_DEFAULT);
    return functions;
}

}  // namespace

const CurlLibrary& curl_library() {
    static const CurlLibrary functions = load();
    return functions;
}

}  // namespace registry
