// Which names of hosts one owner has: the Public Suffix List (publicsuffix.org), out of libpsl.
#pragma once

#include <string>

namespace registry {

/// Whether two hosts, as Url::host() gives them, lie below one domain that somebody registered: registry.example.com
/// and gitlab.example.com do, a.github.io and b.github.io do not. Addresses, names without a dot and public suffixes
/// have no such domain: they share one with nobody but themselves. So does every name where libpsl cannot be loaded.
bool share_registrable_domain(const std::string& left, const std::string& right);

}  // namespace registry
