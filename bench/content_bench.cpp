// What content costs: layers' tar streams and digests, packing, unpacking. Folders for the trees are made below
// $TMPDIR.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "layers/compression.hpp"
#include "layers/digest.hpp"
#include "layers/layer_reader.hpp"
#include "layers/layer_writer.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/temp_folder.hpp"

namespace {

/// A tree of so many files below 100 folders, with content that does not compress.
class Tree {
public:
    Tree(int files, std::size_t file_bytes) {
        std::mt19937_64 random(7);
        std::string content(file_bytes, '\0');
        for (char& byte : content) byte = static_cast<char>(random());
        for (int folder = 0; folder < 100; ++folder) runtime::make_folders(name(folder));
        for (int file = 0; file < files; ++file) {
            const std::string path = fmt::format("{}/file-{:06}", name(file % 100), file);
            runtime::write_all(runtime::open_path(path, O_WRONLY | O_CREAT, 0644), content, path);
        }
    }
    const runtime::Fd& fd() const { return folder_.fd(); }

private:
    std::string name(int folder) const { return folder_.path(fmt::format("folder-{:02}", folder)); }

    runtime::TempFolder folder_;
};

void write_layer(benchmark::State& state, const Tree& tree) {
    std::uint64_t bytes = 0;
    for (auto _ : state) {
        layers::Hasher hasher;
        bytes += layers::write_layer_tar(tree.fd(), hasher, {}).bytes;
        benchmark::DoNotOptimize(hasher.finish());
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}

void LayerOfSmallFiles(benchmark::State& state) {
    static const Tree tree(50'000, 4096);
    write_layer(state, tree);
}
BENCHMARK(LayerOfSmallFiles)->Unit(benchmark::kMillisecond)->Iterations(3);

void LayerOfLargeFiles(benchmark::State& state) {
    static const Tree tree(2'000, 512 * 1024);
    write_layer(state, tree);
}
BENCHMARK(LayerOfLargeFiles)->Unit(benchmark::kMillisecond)->Iterations(3);

/// The first bytes of a tar of this machine's programs and libraries: what images are made of.
const std::string& sample() {
    static const std::string text = [] {
        constexpr std::size_t bytes = 64U << 20;
        std::string all;
        runtime::FunctionSink sink([&](runtime::Bytes part) {
            const std::size_t count = std::min(part.size(), bytes - all.size());
            all.append(reinterpret_cast<const char*>(part.data()), count);
        });
        for (const char* folder : {"/usr/bin", "/usr/lib/x86_64-linux-gnu"})
            if (all.size() < bytes)
                layers::write_layer_tar(runtime::open_path(folder, O_RDONLY | O_DIRECTORY), sink, {});
        return all;
    }();
    return text;
}

void pack(layers::Compression compression, int level, unsigned threads, runtime::Sink& out) {
    const auto compressor = layers::make_compressor(compression, level, out, threads);
    const auto bytes = std::as_bytes(std::span(sample()));
    for (std::size_t done = 0; done < bytes.size(); done += 256 * 1024)
        compressor->write(bytes.subspan(done, std::min<std::size_t>(256 * 1024, bytes.size() - done)));
    compressor->finish();
}

void Compress(benchmark::State& state, layers::Compression compression) {
    sample();
    std::size_t packed_bytes = 0;
    runtime::FunctionSink count([&](runtime::Bytes bytes) { packed_bytes += bytes.size(); });
    for (auto _ : state) {
        packed_bytes = 0;
        pack(compression, static_cast<int>(state.range(0)), static_cast<unsigned>(state.range(1)), count);
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(sample().size() * state.iterations()));
    state.counters["ratio"] = static_cast<double>(packed_bytes) / static_cast<double>(sample().size());
}
BENCHMARK_CAPTURE(Compress, gzip, layers::Compression::gzip)
    ->ArgNames({"level", "threads"})
    ->ArgsProduct({{1, 2, 9}, {1, 2}})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();
BENCHMARK_CAPTURE(Compress, zstd, layers::Compression::zstd)
    ->ArgNames({"level", "threads"})
    ->ArgsProduct({{1, 3}, {1, 2}})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

void Decompress(benchmark::State& state, layers::Compression compression) {
    runtime::StringSink sink;
    pack(compression, layers::default_level, 2, sink);
    const std::string packed = sink.take();
    runtime::FunctionSink nowhere([](runtime::Bytes bytes) { benchmark::DoNotOptimize(bytes.data()); });
    for (auto _ : state) {
        runtime::MemorySource source{std::string_view(packed)};
        const auto content = layers::make_decompressor(compression, source);
        runtime::copy_all(*content, nowhere);
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(sample().size() * state.iterations()));
}
BENCHMARK_CAPTURE(Decompress, gzip, layers::Compression::gzip)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Decompress, zstd, layers::Compression::zstd)->Unit(benchmark::kMillisecond);

void apply(benchmark::State& state, const Tree& tree) {
    runtime::StringSink tar;
    layers::write_layer_tar(tree.fd(), tar, {});
    // Nothing is removed between runs: file systems are slow for a while after that.
    std::vector<runtime::TempFolder> targets;
    for (auto _ : state) {
        runtime::MemorySource source{std::string_view(tar.text())};
        targets.emplace_back();
        layers::apply_layer(source, targets.back().fd(), {});
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(tar.text().size() * state.iterations()));
}

void ApplySmallFiles(benchmark::State& state) {
    static const Tree tree(20'000, 4096);
    apply(state, tree);
}
BENCHMARK(ApplySmallFiles)->Unit(benchmark::kMillisecond)->Iterations(3);

void ApplyLargeFiles(benchmark::State& state) {
    static const Tree tree(500, 1024 * 1024);
    apply(state, tree);
}
BENCHMARK(ApplyLargeFiles)->Unit(benchmark::kMillisecond)->Iterations(3);

}  // namespace
