// Settings that say whom to trust: policy.json, builder.toml, the Public Suffix List.
#include <gtest/gtest.h>

#include "registry/http/registrable_domain.hpp"
#include "registry/settings/builder_toml.hpp"
#include "registry/settings/trust_policy.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/temp_folder.hpp"

namespace registry {
namespace {

/// A policy that rejects what lies below a scope, and nothing else.
class PolicyTest : public testing::Test {
protected:
    bool rejects(const std::string& scope, const std::string& image) {
        const std::string path = folder_.path("policy.json");
        const std::string text = R"({"default":[{"type":"insecureAcceptAnything"}],"transports":{"docker":{")" + scope +
                                 R"(":[{"type":"reject"}]}}})";
        runtime::write_all(runtime::open_path(path, O_WRONLY | O_CREAT | O_TRUNC, 0600), text, path);
        AccessOptions options;
        options.policy_file = path;
        try {
            TrustPolicy::read(options).check(Reference::parse(image));
            return false;
        } catch (const runtime::Error&) {
            return true;
        }
    }
    runtime::TempFolder folder_;
};

TEST_F(PolicyTest, RulesOfEveryParentAreObeyed) {
    const std::string host = "registry.example.com:5000";
    const std::string long_name(60, 'p');
    for (const std::string& name : {std::string("one"), std::string("a/two"), std::string("a/b/three"),
                                    std::string("a/b/c/four"), "org/" + long_name + "/team/image"}) {
        const std::string image = host + "/" + name + ":1";
        for (std::size_t end = image.find('/'); end != std::string::npos; end = image.find('/', end + 1))
            EXPECT_TRUE(rejects(image.substr(0, end), image)) << image.substr(0, end) << " does not reject " << image;
        EXPECT_TRUE(rejects(image, image));
        EXPECT_FALSE(rejects(host + "/elsewhere", image));
    }
}

TEST(RegistrableDomain, IsSharedBelowOneThatIsRegistered) {
    EXPECT_TRUE(share_registrable_domain("registry-1.docker.io", "auth.docker.io"));
    EXPECT_TRUE(share_registrable_domain("registry.example.com", "gitlab.example.com"));
    EXPECT_TRUE(share_registrable_domain("registry.corp.internal", "login.corp.internal"));
    EXPECT_FALSE(share_registrable_domain("registry.example.com", "registry.example.org"));
    EXPECT_FALSE(share_registrable_domain("one.co.uk", "two.co.uk"));
    EXPECT_FALSE(share_registrable_domain("one.github.io", "two.github.io"));
    EXPECT_FALSE(share_registrable_domain("example.com", "example.com.evil.org"));
}

TEST(RegistrableDomain, AddressesAndShortNamesShareNothing) {
    EXPECT_TRUE(share_registrable_domain("127.0.0.1", "127.0.0.1"));
    EXPECT_FALSE(share_registrable_domain("127.0.0.1", "127.0.0.2"));
    EXPECT_FALSE(share_registrable_domain("10.1.0.1", "10.2.0.1"));
    EXPECT_TRUE(share_registrable_domain("registry", "registry"));
    EXPECT_FALSE(share_registrable_domain("registry", "token"));
    EXPECT_FALSE(share_registrable_domain("[::1]", "[::2]"));
    EXPECT_FALSE(share_registrable_domain("localhost", "127.0.0.1"));
}

TEST(BuilderToml, SaysWhereTokenServersAre) {
    BuilderSettings settings;
    settings.add("[registry.\"example.com:5000\"]\nauth-endpoint = \"https://login.example.org/token\"\n", "it");
    settings.add("", "it");
    EXPECT_EQ(settings.auth_endpoints.at("example.com:5000"), "https://login.example.org/token");
}

TEST(BuilderToml, RefusesWhatItDoesNotKnow) {
    for (const char* text : {"unknown = 1", "[registry.\"example.com\"]\nauth_endpoint = \"https://a\"", "registry = 1",
                             "[registry.\"example.com\"]\nauth-endpoint = \"login.example.org\"", "[registry"})
        EXPECT_THROW(BuilderSettings().add(text, "it"), runtime::Error) << text;
}

}  // namespace
}  // namespace registry
