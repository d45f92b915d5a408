#include "registry/remote/login.hpp"

#include "registry/remote/registry_error.hpp"

namespace registry {

void check_login(Registries& registries, const std::string& name, const Credentials& credentials) {
    RegistryHost& host = registries.host({name, "", registries.conf().is_insecure(name), false, name});
    HttpRequest request{.url = host.base_url() + "/v2/", .tls = host.tls(), .may_leave_tls = false};
    for (unsigned tries = 0;; ++tries) {
        HttpResponse response = registries.client().send(request);
        if (response.is_success()) return;
        constexpr unsigned most_tries = 2;
        if (response.status() != 401 || tries == most_tries ||
            !host.authorizer().learn(response, credentials, {}, request.private_headers)) {
            RegistryError error = make_registry_error(response);
            error.add_context("logging into \"{}\": invalid username/password", name);
            throw error;
        }
        request.private_headers = host.authorizer().authorization(credentials, {});
    }
}

}  // namespace registry
