#include "registry/remote/login.hpp"

#include "registry/remote/registry_error.hpp"

namespace registry {

namespace {

/// What the registry says to these credentials, given in the way that it asks for.
HttpResponse show_credentials(Registries& registries, RegistryHost& host, const Credentials& credentials) {
    HttpRequest request{.url = host.base_url() + "/v2/", .tls = host.tls(), .may_leave_tls = false};
    for (unsigned tries = 0;; ++tries) {
        HttpResponse response = registries.client().send(request);
        constexpr unsigned most_tries = 2;
        if (response.status() != 401 || tries == most_tries ||
            !host.authorizer().learn(response, credentials, {}, request.private_headers))
            return response;
        request.private_headers = host.authorizer().authorization(credentials, {});
    }
}

}  // namespace

void check_login(Registries& registries, const std::string& name, const Credentials& credentials) {
    RegistryHost& host = registries.host({name, "", registries.conf().is_insecure(name), false, name});
    Retry retry = registries.new_retry();
    for (;;) {
        try {
            HttpResponse response = show_credentials(registries, host, credentials);
            if (response.is_success()) return;
            const bool is_busy = may_succeed_later(response.status());
            const std::string reason = fmt::format("{} answered with status {}", host.name(), response.status());
            if (is_busy && retry.wait(reason, retry_after(response.headers()))) continue;
            throw make_registry_error(response).add_context("logging into \"{}\"{}", name,
                                                            is_busy ? "" : ": invalid username/password");
        } catch (const ConnectionError& error) {
            if (error.is_nobody_here || !retry.wait_after(error)) throw;
        }
    }
}

}  // namespace registry
