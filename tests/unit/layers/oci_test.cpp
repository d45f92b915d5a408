#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "layers/oci/image_config.hpp"
#include "layers/oci/index.hpp"
#include "layers/oci/manifest.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "tests/support/provided_cases.hpp"

namespace layers::oci {
namespace {

using ::testing::HasSubstr;

constexpr const char* some_digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

template <typename Act>
std::string message_of(Act act) {
    try {
        act();
    } catch (const runtime::Error& error) {
        return error.full_message();
    }
    return "nothing was thrown";
}

void read_as(const std::string& schema, const std::string& document) {
    if (schema == "image-manifest" || schema == "backwards-compat-manifest") {
        parse_manifest(document);
    } else if (schema == "image-index" || schema == "backwards-compat-index") {
        parse_index(document);
    } else if (schema == "config" || schema == "backwards-compat-config") {
        parse_image_config(document);
    } else if (schema == "content-descriptor") {
        const nlohmann::json value = runtime::parse_json(document, "it");
        read_descriptor(runtime::JsonFields(value, "the descriptor"));
    }
}

TEST(OciDocuments, ExamplesOfTheSpecification) {
    const std::filesystem::path path = tests::cases_folder() / "specs" / "schema-examples.json";
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "skipped: there is no " << path << " (set BUILDER_CASES)";
    unsigned count = 0;
    const nlohmann::json examples = nlohmann::json::parse(tests::read_text(path));
    for (const auto& example : examples["cases"]) {
        std::string schema = example["schema"];
        const std::string test = example["test"], document = example["document"];
        if (schema == "backwards-compat") {
            schema += test.ends_with("Config") ? "-config" : test.ends_with("Manifest") ? "-manifest" : "-index";
        }
        SCOPED_TRACE(schema + ": " + document);
        if (schema == "image-layout") continue;
        ++count;
        if (example["valid"])
            EXPECT_NO_THROW(read_as(schema, document));
        else
            EXPECT_THROW(read_as(schema, document), runtime::Error);
    }
    EXPECT_GT(count, 30U);
}

Manifest sample_manifest() {
    Manifest manifest;
    manifest.config = make_descriptor(media_type::oci_config, Digest::of("c"), 1);
    manifest.layers.push_back(make_descriptor("application/vnd.oci.image.layer.v1.tar+gzip", Digest::of("l"), 7));
    manifest.layers.push_back(make_descriptor("application/vnd.oci.image.layer.v1.tar+zstd", Digest::of("m"), 8));
    manifest.annotations = {{"a", "b"}};
    manifest.layers[0].annotations = {{"x", "y"}};
    manifest.subject = make_descriptor(media_type::oci_manifest, Digest::of("s"), 9);
    return manifest;
}

TEST(Manifest, RoundTrip) {
    const Manifest manifest = sample_manifest();
    EXPECT_EQ(parse_manifest(write_manifest(manifest)), manifest);
    EXPECT_EQ(write_manifest(parse_manifest(write_manifest(manifest))), write_manifest(manifest));
}

TEST(Manifest, OneFixedForm) {
    Manifest manifest;
    manifest.config = make_descriptor(media_type::oci_config, Digest::of(""), 0);
    EXPECT_EQ(write_manifest(manifest),
              std::string(R"({"config":{"digest":")") + some_digest +
                  R"(","mediaType":"application/vnd.oci.image.config.v1+json","size":0},"layers":[],)"
                  R"("mediaType":"application/vnd.oci.image.manifest.v1+json","schemaVersion":2})");
}

TEST(Manifest, ToDockerAndBack) {
    const Manifest docker = converted(sample_manifest(), Flavour::docker);
    EXPECT_EQ(docker.media_type, media_type::docker_manifest);
    EXPECT_EQ(docker.config.media_type, media_type::docker_config);
    EXPECT_EQ(docker.layers[0].media_type, "application/vnd.docker.image.rootfs.diff.tar.gzip");
    EXPECT_TRUE(docker.annotations.empty());
    EXPECT_EQ(parse_manifest(write_manifest(docker)).flavour(), Flavour::docker);
    EXPECT_EQ(converted(docker, Flavour::oci).layers[1].media_type, "application/vnd.oci.image.layer.v1.tar+zstd");
}

TEST(Manifest, RefusesDocumentsWithTwoMeanings) {
    const std::string manifest = write_manifest(sample_manifest());
    EXPECT_THROW(parse_index(manifest), runtime::Error);
    EXPECT_THROW(parse_manifest(manifest, media_type::docker_manifest), runtime::Error);
    nlohmann::json both = nlohmann::json::parse(manifest);
    both["manifests"] = nlohmann::json::array();
    EXPECT_THROW(parse_manifest(both.dump()), runtime::Error);
    EXPECT_THAT(message_of([] { parse_manifest(R"({"schemaVersion":1,"fsLayers":[]})"); }), HasSubstr("schema 1"));
}

TEST(Manifest, ErrorsNameTheField) {
    EXPECT_THAT(message_of([] { parse_manifest(R"({"schemaVersion":2,"config":{},"layers":[]})"); }),
                HasSubstr("field mediaType of field config of the manifest is missing"));
    EXPECT_THAT(message_of([] { parse_manifest(std::string(200'000, '[')); }), HasSubstr("levels deep"));
    EXPECT_THAT(message_of([] { parse_manifest(std::string(manifest_limit_bytes + 1, ' ')); }),
                HasSubstr("larger than"));
    Descriptor odd{.digest_text = "sha256+b64:abc"};
    EXPECT_THAT(message_of([&] { odd.digest(); }), HasSubstr("not supported"));
}

TEST(Index, RoundTripWithPlatforms) {
    Index index;
    index.manifests.push_back(make_descriptor(media_type::oci_manifest, Digest::of("m"), 3));
    index.manifests[0].platform = DescriptorPlatform{.architecture = "arm", .os = "linux", .variant = "v7"};
    index.manifests[0].annotations = {{ref_name_annotation, "latest"}};
    EXPECT_EQ(parse_index(write_index(index)), index);
}

TEST(ImageConfig, RoundTripLosesNothing) {
    const std::string text =
        R"({"architecture":"amd64","config":{"ArgsEscaped":true,"AttachStdin":false,"Cmd":["sh"],"Domainname":"d",)"
        R"("Entrypoint":["/e"],"Env":["A=b"],"ExposedPorts":{"80/tcp":{}},"Healthcheck":{"Interval":30000000000,)"
        R"("Retries":3,"StartInterval":5,"StartPeriod":6,"Test":["CMD","x"],"Timeout":7},"Hostname":"h",)"
        R"("Labels":{"l":"1"},"OnBuild":["RUN x"],"Shell":["/bin/bash","-c"],"StopSignal":"SIGINT","StopTimeout":9,)"
        R"("User":"u","Volumes":{"/v":{}},"WorkingDir":"/w"},"created":"2020-01-01T00:00:00Z",)"
        R"("docker_version":"20","history":[{"author":"me","comment":"c","created":"2020-01-01T00:00:00Z",)"
        R"("created_by":"RUN x","empty_layer":true,"odd":1}],"os":"linux","os.features":["f"],"os.version":"10",)"
        R"("rootfs":{"diff_ids":["sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],)"
        R"("type":"layers"},"unknown":{"deep":[1,2.5,null]},"variant":"v8"})";
    const ImageConfig config = parse_image_config(text);
    EXPECT_EQ(write_image_config(config), text);
    EXPECT_EQ(config.config.healthcheck->interval_ns, 30'000'000'000);
    EXPECT_EQ(config.config.exposed_ports.count("80/tcp"), 1U);
    EXPECT_EQ(config.diff_ids.at(0), Digest::of(""));
    EXPECT_EQ(config.config.extra.at("AttachStdin"), "false");
}

TEST(ImageConfig, NullIsUnset) {
    const ImageConfig config = parse_image_config(
        R"({"architecture":"","os":"linux","rootfs":{"type":"layers","diff_ids":null},"config":{"Cmd":null,"Volumes":null},"history":null})");
    EXPECT_TRUE(config.config.cmd.empty());
    EXPECT_EQ(write_image_config(config),
              R"({"architecture":"","config":{},"os":"linux","rootfs":{"diff_ids":[],"type":"layers"}})");
}

TEST(ImageConfig, ErrorsNameTheField) {
    const auto parse = [](const std::string& config) {
        return message_of([&] {
            parse_image_config(R"({"architecture":"a","os":"l","rootfs":{"type":"layers"},"config":)" + config + "}");
        });
    };
    EXPECT_EQ(parse(R"({"Env":"A=b"})"),
              "field Env of field config of the image configuration: expected a list of texts");
    EXPECT_EQ(parse(R"({"Healthcheck":{"Retries":1.5}})"),
              "field Retries of field Healthcheck of field config of the image configuration: expected a whole number");
    EXPECT_THAT(parse(R"({"Labels":{"a":1}})"), HasSubstr("field Labels"));
    EXPECT_THAT(message_of([] { parse_image_config("{\"os\":\"\xff\"}"); }), HasSubstr("not valid JSON"));
}

TEST(ImageConfig, ForgetsHowTheBaseWasBuilt) {
    ImageConfig config;
    config.extra = {{"container_config", "{}"}, {"moby.buildkit.cache.v0", "1"}, {"kept", "2"}};
    config.config.extra = {{"Image", "\"x\""}, {"Tty", "true"}};
    become_base(config);
    EXPECT_EQ(config.extra, (ExtraFields{{"kept", "2"}}));
    EXPECT_EQ(config.config.extra, (ExtraFields{{"Tty", "true"}}));
}

TEST(MediaType, LayersOfBothFamilies) {
    const auto foreign = media_type::parse_layer("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip");
    ASSERT_TRUE(foreign);
    EXPECT_TRUE(foreign->is_foreign);
    EXPECT_EQ(media_type::converted("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", Flavour::oci),
              "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip");
    EXPECT_EQ(media_type::converted("text/plain", Flavour::oci), "text/plain");
    EXPECT_EQ(media_type::layer({.compression = Compression::zstd}), "application/vnd.oci.image.layer.v1.tar+zstd");
    EXPECT_THROW(media_type::layer({.compression = Compression::xz}), runtime::Error);
    EXPECT_FALSE(media_type::parse_layer("application/json"));
}

}  // namespace
}  // namespace layers::oci
