// What content costs: writing a layer's tar stream with its digest. Folders for the trees are made below $TMPDIR.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <fmt/format.h>

#include <random>
#include <string>

#include "layers/digest.hpp"
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

}  // namespace
