// libcurl, loaded when the first request is made: it and the forty libraries behind it cost more time to load than most
// commands take.
#pragma once

#include <curl/curl.h>

#include <memory>

namespace registry {

/// The functions of libcurl that are used here, by their names.
struct CurlLibrary {
    decltype(&curl_global_init) global_init;
    decltype(&curl_easy_init) easy_init;
    decltype(&curl_easy_cleanup) easy_cleanup;
    decltype(&curl_easy_perform) easy_perform;
    decltype(&curl_easy_setopt) easy_setopt;
    decltype(&curl_easy_getinfo) easy_getinfo;
    decltype(&curl_easy_strerror) easy_strerror;
};

/// Loads it once. Throws Error with the package to install where it is missing.
const CurlLibrary& curl_library();

}  // namespace registry
