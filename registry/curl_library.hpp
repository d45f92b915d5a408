// libcurl, loaded when the first request is made: it and the forty libraries behind it cost more time to load than most
// commands take.
#pragma once

#include <curl/curl.h>

#include <memory>

namespace registry {

/// The functions of libcurl that are used here, by their names.
struct CurlLibrary {
    decltype(&curl_global_init) global_init;
    decltype(&curl_free) free;
    decltype(&curl_easy_init) easy_init;
    decltype(&curl_easy_cleanup) easy_cleanup;
    decltype(&curl_easy_perform) easy_perform;
    decltype(&curl_easy_pause) easy_pause;
    decltype(&curl_easy_reset) easy_reset;
    decltype(&curl_easy_setopt) easy_setopt;
    decltype(&curl_easy_getinfo) easy_getinfo;
    decltype(&curl_easy_strerror) easy_strerror;
    decltype(&curl_getdate) getdate;
    decltype(&curl_multi_init) multi_init;
    decltype(&curl_multi_cleanup) multi_cleanup;
    decltype(&curl_multi_add_handle) multi_add_handle;
    decltype(&curl_multi_remove_handle) multi_remove_handle;
    decltype(&curl_multi_perform) multi_perform;
    decltype(&curl_multi_poll) multi_poll;
    decltype(&curl_multi_info_read) multi_info_read;
    decltype(&curl_multi_strerror) multi_strerror;
    decltype(&curl_slist_append) slist_append;
    decltype(&curl_slist_free_all) slist_free_all;
    decltype(&curl_url) url;
    decltype(&curl_url_cleanup) url_cleanup;
    decltype(&curl_url_set) url_set;
    decltype(&curl_url_get) url_get;
};

/// Loads it once. Throws Error with the package to install where it is missing.
const CurlLibrary& curl_library();

}  // namespace registry
