#include "registry/remote/docker_load.hpp"

#include <fcntl.h>

#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "layers/store/layer_tar.hpp"
#include "layers/store/original_tar.hpp"
#include "layers/tar_writer.hpp"
#include "registry/remote/docker_daemon.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/sys/file.hpp"

namespace registry {
namespace {

using layers::LayerRecord;

/// The archive: each layer once, the configuration, and the table that names them.
class Archive {
public:
    Archive(layers::Store& store, const layers::ImageRecord& image, const std::vector<std::string>& names)
        : store_(store), image_(image), layers_(store.layers().of_image(image.id)) {
        nlohmann::json tags = nlohmann::json::array();
        for (const std::string& name : names) tags.push_back(docker_daemon_name(name));
        nlohmann::json paths = nlohmann::json::array();
        for (const LayerRecord& layer : layers_) paths.push_back(path_of(layer));
        table_ = runtime::write_json(
            nlohmann::json::array({{{"Config", config_path()}, {"RepoTags", tags}, {"Layers", paths}}}));
    }

    std::uint64_t size_bytes() const {
        std::uint64_t size = 2 * block_bytes;
        std::set<std::string> seen;
        for (const LayerRecord& layer : layers_)
            if (seen.insert(path_of(layer)).second) size += entry_bytes(static_cast<std::uint64_t>(layer.tar_bytes));
        return size + entry_bytes(image_.config.size()) + entry_bytes(table_.size());
    }

    void write(runtime::Sink& out) {
        layers::TarWriter tar(out);
        std::set<std::string> seen;
        for (const LayerRecord& layer : layers_) {
            if (!seen.insert(path_of(layer)).second) continue;
            tar.begin(entry(path_of(layer), static_cast<std::uint64_t>(layer.tar_bytes)));
            runtime::FunctionSink content([&](runtime::Bytes bytes) { tar.write(bytes); });
            layers::write_original_tar(store_.blobs(), layer, content);
        }
        put(tar, config_path(), image_.config);
        put(tar, "manifest.json", table_);
        tar.finish();
    }

private:
    static constexpr std::uint64_t block_bytes = 512;

    static std::uint64_t entry_bytes(std::uint64_t size) {
        // Beyond eight gigabytes the size stands in a header of its own.
        constexpr unsigned bits_of_ustar = 33;
        const std::uint64_t more = size >> bits_of_ustar != 0 ? 2 * block_bytes : 0;
        return more + block_bytes + (size + block_bytes - 1) / block_bytes * block_bytes;
    }
    static layers::TarEntry entry(std::string path, std::uint64_t size) {
        layers::TarEntry entry;
        entry.path = std::move(path);
        entry.mode = 0644;
        entry.size = size;
        return entry;
    }
    static void put(layers::TarWriter& tar, const std::string& path, const std::string& text) {
        tar.begin(entry(path, text.size()));
        tar.write(std::as_bytes(std::span(text)));
    }
    static std::string path_of(const LayerRecord& layer) { return std::string(layer.diff_id.hex()) + ".tar"; }
    std::string config_path() const { return std::string(image_.id.hex()) + ".json"; }

    layers::Store& store_;
    const layers::ImageRecord& image_;
    std::vector<LayerRecord> layers_;
    std::string table_;
};

/// What a thread writes is read here. Where it fails, so does the reading, at the place that it came to.
class WrittenMeanwhile final : public runtime::Source {
public:
    explicit WrittenMeanwhile(Archive& archive) : pipe_(runtime::make_pipe()) {
        writer_ = std::jthread([this, &archive] {
            runtime::FileSink sink(std::move(pipe_.write_end), "the archive for Docker");
            try {
                archive.write(sink);
            } catch (const runtime::Error& error) {
                error_ = error;
            }
        });
    }
    ~WrittenMeanwhile() override { pipe_.read_end.reset(); }
    WrittenMeanwhile(const WrittenMeanwhile&) = delete;
    WrittenMeanwhile& operator=(const WrittenMeanwhile&) = delete;

    std::size_t read(std::span<std::byte> buffer) override {
        for (;;) {
            const ssize_t count = ::read(pipe_.read_end.get(), buffer.data(), buffer.size());
            if (count > 0) return static_cast<std::size_t>(count);
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) throw runtime::SystemError("cannot read from a pipe");
            if (writer_.joinable()) writer_.join();
            if (error_) throw *error_;
            return 0;
        }
    }

private:
    runtime::Pipe pipe_;
    std::optional<runtime::Error> error_;  ///< the writer's; read when it has ended
    std::jthread writer_;
};

}  // namespace

bool docker_daemon_answers(HttpClient& client, std::string& why) {
    try {
        ask_docker_daemon(client, {.url = "/_ping"});
        return true;
    } catch (const runtime::Error& error) {
        why = error.full_message();
        return false;
    }
}

void load_into_docker(HttpClient& client, layers::Store& store, const layers::ImageRecord& image,
                      const std::vector<std::string>& names) {
    Archive archive(store, image, names);
    HttpResponse response = ask_docker_daemon(
        client,
        {.method = "POST",
         .url = "/images/load?quiet=1",
         .headers = {{"Content-Type", "application/x-tar"}},
         .body = HttpBody{[&archive] { return std::make_unique<WrittenMeanwhile>(archive); }, archive.size_bytes()}});
    check_docker_load(response);
}

}  // namespace registry
