// Every provided table on names of images, platforms, ports and git URLs.
#include <regex>

#include "builder/syntax/exposed_ports.hpp"
#include "builder/syntax/git_url.hpp"
#include "builder/syntax/language_queries.hpp"
#include "builder/syntax/reference_filter.hpp"
#include "layers/oci/platform.hpp"
#include "registry/reference.hpp"
#include "runtime/base/error.hpp"
#include "tests/support/provided_cases.hpp"

using namespace builder;
using layers::Platform;
using nlohmann::json;
using registry::Reference;
using Provided = tests::ProvidedCases;

namespace {

std::string error_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const runtime::Error& error) {
        return error.full_message();
    }
    return "";
}

/// What our message says for an error class of the tables.
std::string text_of(const std::string& error_class) {
    static const std::map<std::string, std::string> texts = {
        {"ErrReferenceInvalidFormat", "invalid reference format"},
        {"ErrDigestInvalidLength", "invalid checksum digest length"},
        {"ErrNameContainsUppercase", "repository name must be lowercase"},
        {"ErrNameTooLong", "repository name must not be more than 255 characters"},
        {"ErrNameNotCanonical", "repository name must be canonical"},
    };
    return texts.at(error_class);
}

std::string digest_text(const Reference& reference) {
    return reference.digest() ? reference.digest()->text() : "";
}

}  // namespace

TEST_F(Provided, ReferencesByThePlainGrammar) {
    const json document = table("ref_parse", 24);
    for (const json& one : document["cases"]) {
        const std::string input = one["input"];
        if (one.value("optional", false)) continue;  // a sha512 digest, which we know
        if (one["error"].is_string()) {
            const std::string message = error_of([&] { Reference::parse_plain(input); });
            EXPECT_NE(message.find(text_of(one["error"])), std::string::npos) << input << ": " << message;
            continue;
        }
        const Reference reference = Reference::parse_plain(input);
        EXPECT_EQ(reference.name(), one["repository"]) << input;
        EXPECT_EQ(reference.domain(), one["domain"]) << input;
        EXPECT_EQ(reference.tag().value_or(""), one["tag"]) << input;
        EXPECT_EQ(digest_text(reference), one["digest"]) << input;
        EXPECT_EQ(reference.text(), input);
    }
}

TEST_F(Provided, RefusedNames) {
    const json document = table("ref_withname_invalid", 7);
    for (const json& one : document["cases"]) {
        const std::string input = one["input"];
        const std::string message = error_of([&] {
            const Reference reference = Reference::parse_plain(input);
            // A name alone has neither tag nor digest.
            if (reference.text() != reference.name()) throw runtime::Error("invalid reference format");
        });
        EXPECT_NE(message.find(text_of(one["error"])), std::string::npos) << input << ": " << message;
    }
}

TEST_F(Provided, DomainsAndPaths) {
    const json document = table("ref_domain_path", 6);
    for (const json& one : document["cases"]) {
        const Reference reference = Reference::parse_plain(std::string(one["input"]));
        EXPECT_EQ(reference.domain(), one["domain"]);
        EXPECT_EQ(reference.path(), one["path"]);
    }
}

TEST_F(Provided, CanonicalReferences) {
    const json document = table("ref_parse_canonical", 4);
    for (const json& one : document["cases"]) {
        const std::string input = one["input"];
        if (one["error"].is_string()) {
            const std::string message = error_of([&] { Reference::parse_canonical(input); });
            EXPECT_NE(message.find(text_of(one["error"])), std::string::npos) << input << ": " << message;
            continue;
        }
        const Reference reference = Reference::parse_canonical(input);
        EXPECT_EQ(reference.domain(), one["domain"]);
        EXPECT_EQ(reference.path(), one["path"]);
    }
}

TEST_F(Provided, TypedNames) {
    const json document = table("ref_normalized_valid", 31);
    for (const json& one : document["cases"]) {
        const std::string message = error_of([&] { Reference::parse(std::string(one["input"])); });
        EXPECT_EQ(message.empty(), one["valid"]) << one << message;
    }
}

TEST_F(Provided, AllFormsOfAName) {
    const json document = table("ref_normalize", 10);
    for (const json& one : document["cases"]) {
        for (const std::string form : {one["FamiliarName"], one["FullName"], one["AmbiguousName"]}) {
            if (form.empty()) continue;
            const Reference reference = Reference::parse(form);
            EXPECT_EQ(reference.domain(), one["Domain"]) << form;
            EXPECT_EQ(reference.path(), one["RemoteName"]) << form;
            EXPECT_EQ(reference.name(), one["FullName"]) << form;
            EXPECT_EQ(reference.familiar_name(), one["FamiliarName"]) << form;
        }
    }
}

TEST_F(Provided, NamesDigestsAndIds) {
    const json document = table("ref_any", 7);
    for (const json& one : document["cases"]) {
        const auto any = registry::parse_any_reference(std::string(one["input"]));
        EXPECT_EQ(std::holds_alternative<layers::Digest>(any), one["is_digest"]) << one;
        EXPECT_EQ(std::visit([](const auto& value) { return value.text(); }, any), one["expect"]) << one;
    }
}

TEST_F(Provided, TypedNamesSplit) {
    const json document = table("ref_normalized_split", 6);
    for (const json& one : document["cases"]) {
        const Reference reference = Reference::parse(std::string(one["input"]));
        EXPECT_EQ(reference.domain(), one["domain"]);
        EXPECT_EQ(reference.path(), one["path"]);
    }
}

TEST_F(Provided, PullReferences) {
    const json document = table("ref_docker", 6);
    for (const json& one : document["cases"])
        EXPECT_EQ(Reference::parse(std::string(one["input"])).for_pull().text(), one["expected"]) << one;
}

TEST_F(Provided, ReferencePatterns) {
    const json document = table("ref_glob", 5);
    for (const json& one : document["cases"])
        EXPECT_EQ(reference_matches(Reference::parse(std::string(one["reference"])), std::string(one["pattern"])),
                  one["expected"])
            << one;
}

TEST_F(Provided, DomainGrammar) {
    const json document = table("ref_re_domain", 15);
    for (const json& one : document["cases"])
        EXPECT_EQ(registry::is_domain(std::string(one["input"])), one["match"]) << one;
}

TEST_F(Provided, NameGrammar) {
    const json document = table("ref_re_name", 32);
    for (const json& one : document["cases"]) {
        std::optional<Reference> reference;
        const std::string message = error_of([&] { reference = Reference::parse_plain(std::string(one["input"])); });
        // The grammar knows no limit of length.
        if (message.find("more than 255") != std::string::npos) continue;
        const bool is_name = reference && reference->text() == reference->name();
        ASSERT_EQ(is_name, one["match"]) << one;
        if (!one["subs"].is_array()) continue;
        EXPECT_EQ(reference->domain(), one["subs"][0]) << one;
        EXPECT_EQ(reference->path(), one["subs"][1]) << one;
    }
}

TEST_F(Provided, ReferenceGrammar) {
    const json document = table("ref_re_reference", 6);
    for (const json& one : document["cases"]) {
        std::optional<Reference> reference;
        error_of([&] { reference = Reference::parse_plain(std::string(one["input"])); });
        ASSERT_EQ(reference.has_value(), one["match"]) << one;
        if (!reference) continue;
        EXPECT_EQ(reference->name(), one["subs"][0]) << one;
        EXPECT_EQ(reference->tag().value_or(""), one["subs"][1]) << one;
        EXPECT_EQ(digest_text(*reference), one["subs"][2]) << one;
    }
}

TEST_F(Provided, ImageIds) {
    const json document = table("ref_re_identifier", 5);
    for (const json& one : document["cases"])
        EXPECT_EQ(registry::is_image_id(std::string(one["input"])), one["match"]) << one;
}

TEST_F(Provided, GeneratedReferences) {
    for (const json& one : generated("references", 100)) {
        const std::string input = one["input"];
        const std::string message = error_of([&] { Reference::parse(input); });
        EXPECT_EQ(json::parse(answer_reference_query(json{{"input", input}}.dump())), one) << message;
    }
}

namespace {

const Platform amd64_host = {"linux", "amd64", "", "", {}};

Platform platform_of(const json& one) {
    return {one.value("os", one.value("OS", "")), one.value("architecture", one.value("Architecture", "")),
            one.value("variant", ""), one.value("os.version", one.value("OSVersion", "")),
            one.value("os.features", one.value("OSFeatures", std::vector<std::string>()))};
}

/// Without the names' changes that parse_platform makes.
Platform written_platform(const std::string& text) {
    Platform platform = layers::parse_platform(text, amd64_host);
    std::smatch parts;
    if (std::regex_match(text, parts, std::regex("([^/]*)/([^/]*)/([^/]*)"))) platform.variant = parts[3];
    return platform;
}

bool runs(const Platform& machine, const Platform& image) {
    return layers::choose_platform(machine, std::vector<Platform>{image}).has_value();
}

}  // namespace

TEST_F(Provided, PlatformSpecifiers) {
    const json document = table("platform_parse", 13);
    for (const json& one : document["cases"]) {
        const Platform platform = layers::parse_platform(std::string(one["input"]), amd64_host);
        EXPECT_EQ(platform, platform_of(one["expect"])) << one;
        const std::string text =
            one["format_all"] ? layers::format_platform_fully(platform) : layers::format_platform(platform);
        EXPECT_EQ(text, one["formatted"]) << one;
        for (const json& other : one["must_match"])
            EXPECT_TRUE(layers::is_same_platform(platform, platform_of(other))) << one << other;
    }
}

TEST_F(Provided, RefusedPlatforms) {
    const json document = table("platform_invalid", 6);
    for (const json& one : document["cases"])
        EXPECT_THROW(layers::parse_platform(std::string(one["input"]), amd64_host), runtime::Error) << one;
}

TEST_F(Provided, PlatformsWithAllDetails) {
    const json document = table("platform_format_all", 5);
    for (const json& one : document["cases"]) {
        const Platform platform = platform_of(one["platform"]);
        EXPECT_EQ(layers::format_platform_fully(platform), one["expect"]);
        EXPECT_EQ(layers::parse_platform(std::string(one["expect"]), amd64_host), platform);
    }
}

TEST_F(Provided, PlatformsThatRun) {
    const json document = table("platform_only", 7);
    for (const json& one : document["cases"]) {
        const Platform machine = written_platform(one["platform"]);
        for (const std::string other : one["match"])
            EXPECT_TRUE(runs(machine, written_platform(other))) << one << other;
        for (const std::string other : one["no_match"])
            EXPECT_FALSE(runs(machine, written_platform(other))) << one << other;
    }
}

TEST_F(Provided, SamePlatforms) {
    const json document = table("platform_only_strict", 7);
    for (const json& one : document["cases"]) {
        const Platform machine = written_platform(one["platform"]);
        for (const std::string other : one["match"])
            EXPECT_TRUE(layers::is_same_platform(machine, written_platform(other))) << one << other;
        for (const std::string other : one["no_match"])
            EXPECT_FALSE(layers::is_same_platform(machine, written_platform(other))) << one << other;
    }
}

TEST_F(Provided, ExposedPorts) {
    const json document = table("expose_ports", 9);
    for (const json& one : document["cases"]) {
        json ports = json::array();
        const std::string message = error_of([&] {
            for (const std::string specification : one["specs"])
                for (const std::string& port : parse_exposed_ports(specification)) ports.push_back(port);
        });
        if (one.contains("expect")) {
            EXPECT_EQ(ports, one["expect"]) << message;
            continue;
        }
        EXPECT_NE(message, "") << one;
        std::string expected = one.value("error_equals", message);
        std::replace(expected.begin(), expected.end(), '"', '\'');
        EXPECT_EQ(message, expected);
    }
}

TEST_F(Provided, GitUrls) {
    const json document = table("git_refs", 20);
    for (const json& one : document["cases"]) {
        const std::string text = one["ref"];
        std::optional<GitUrl> url;
        const std::string message = error_of([&] { url = parse_git_url(text); });
        if (one.contains("err")) {
            EXPECT_NE(message.find(std::string(one["err"])), std::string::npos) << text << message;
            continue;
        }
        EXPECT_EQ(message, "") << text;
        ASSERT_EQ(url.has_value(), one["expected"].is_object()) << text;
        if (!url) continue;
        const json& expected = one["expected"];
        EXPECT_EQ(url->remote, expected["Remote"]) << text;
        EXPECT_EQ(url->short_name, expected["ShortName"]) << text;
        EXPECT_EQ(url->ref, expected.value("Ref", "")) << text;
        EXPECT_EQ(url->subfolder, expected.value("SubDir", "")) << text;
        EXPECT_EQ(url->checksum, expected.value("Checksum", "")) << text;
        EXPECT_EQ(url->mtime, expected.value("MTime", "")) << text;
        EXPECT_EQ(url->fetch_by_commit, expected.value("FetchByCommit", false)) << text;
        EXPECT_EQ(url->may_be_local_path, expected.value("IndistinguishableFromLocal", false)) << text;
    }
}
