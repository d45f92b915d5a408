#include "registry/settings/certificates.hpp"

#include <unistd.h>

#include <string_view>

#include "registry/settings/user_places.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"

namespace registry {
namespace {

/// A certificate of a user and its key are two files of one name.
void require_beside(const std::string& folder, const std::string& name, std::string_view end, std::string_view other) {
    const std::string wanted = name.substr(0, name.size() - end.size()) + std::string(other);
    if (::access((folder + "/" + wanted).c_str(), F_OK) == 0) return;
    const bool lacks_key = end == ".cert";
    throw runtime::Error("missing {} {} for {} {}: there is none in {}", lacks_key ? "key" : "client certificate",
                         wanted, lacks_key ? "client certificate" : "key", name, runtime::quoted(folder));
}

}  // namespace

void add_certificates(TlsSettings& tls, const std::string& folder) {
    const runtime::Fd opened = [&] {
        try {
            return runtime::open_path(folder, O_RDONLY | O_DIRECTORY);
        } catch (runtime::Error& error) {
            error.add_context("cannot look for certificates");
            throw;
        }
    }();
    for (const runtime::FolderEntry& entry : runtime::list_folder(opened)) {
        const std::string path = folder + "/" + entry.name;
        if (entry.name.ends_with(".crt")) tls.authority_files.push_back(path);
        if (entry.name.ends_with(".key")) require_beside(folder, entry.name, ".key", ".cert");
        if (!entry.name.ends_with(".cert")) continue;
        require_beside(folder, entry.name, ".cert", ".key");
        const std::string key = path.substr(0, path.size() - 5) + ".key";
        tls.certificate_file = path;
        tls.key_file = key;
    }
}

void add_usual_certificates(TlsSettings& tls, const std::string& host) {
    for (const std::string& parent : {user_config_folder() + "/containers/certs.d",
                                      std::string("/etc/containers/certs.d"), std::string("/etc/docker/certs.d")}) {
        const std::string folder = parent + "/" + host;
        if (::access(folder.c_str(), F_OK) == 0) return add_certificates(tls, folder);
    }
}

}  // namespace registry
