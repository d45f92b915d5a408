#include "registry/settings/certificates.hpp"

#include <unistd.h>

#include "registry/settings/user_places.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"

namespace registry {

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
        if (!entry.name.ends_with(".cert")) continue;
        const std::string key = path.substr(0, path.size() - 5) + ".key";
        if (::access(key.c_str(), F_OK) != 0)
            throw runtime::Error("the certificate {} has no key {} beside it", runtime::quoted(path),
                                 runtime::quoted(key));
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
