// How long reading takes. Goals: a Containerfile of 1,000 lines in 5 ms, 1,000 ignore patterns over 100,000 paths in
// 0.5 s.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "builder/syntax/expand.hpp"
#include "builder/syntax/ignore_patterns.hpp"
#include "builder/syntax/parser.hpp"

namespace {

std::string containerfile(int lines) {
    std::string text = "# syntax=docker/dockerfile:1\nFROM debian:bookworm AS base\n";
    for (int i = 0; i < lines / 5; ++i)
        text += fmt::format(
            "RUN --mount=type=cache,target=/var/cache/apt apt-get update && \\\n"
            "    apt-get install -y package{0}\n"
            "ENV NAME_{0}=value{0} OTHER_{0}=\"a b $NAME_{0}\"\n"
            "COPY --chown=1000:1000 src/part{0} /opt/part{0}/\n"
            "LABEL org.example.part{0}=\"{0}\"\n",
            i);
    return text;
}

void parse_thousand_lines(benchmark::State& state) {
    const std::string text = containerfile(1000);
    for (auto _ : state) {
        const auto source = std::make_shared<const builder::SourceText>("Containerfile", text);
        benchmark::DoNotOptimize(builder::parse_containerfile(source));
    }
}
BENCHMARK(parse_thousand_lines)->Unit(benchmark::kMillisecond);

std::vector<std::string> ignore_patterns() {
    std::vector<std::string> patterns;
    for (int i = 0; i < 200; ++i) {
        patterns.push_back(fmt::format("dir{}/build/**", i));
        patterns.push_back(fmt::format("**/*.ext{}", i));
        patterns.push_back(fmt::format("dir{}/*/cache?", i));
        patterns.push_back(fmt::format("**/node_modules{}/*/tmp*", i));
        patterns.push_back(fmt::format("!dir{}/build/keep/*.txt", i));
    }
    return patterns;
}

void match_thousand_patterns(benchmark::State& state) {
    const builder::IgnoreMatcher matcher(ignore_patterns());
    std::vector<std::string> paths;
    for (int i = 0; i < 100'000; ++i)
        paths.push_back(fmt::format("dir{}/sub{}/node_modules/package{}/file{}.js", i % 300, i % 17, i % 1000, i));
    for (auto _ : state)
        for (const std::string& path : paths) benchmark::DoNotOptimize(matcher.check(path, {}));
}
BENCHMARK(match_thousand_patterns)->Unit(benchmark::kMillisecond);

void expand_word(benchmark::State& state) {
    const auto lookup = [](std::string_view name) -> std::optional<std::string> { return std::string(name); };
    for (auto _ : state)
        benchmark::DoNotOptimize(builder::process_word("/opt/${NAME:-none}/bin:$PATH:\"${FILE%.*}\"", lookup));
}
BENCHMARK(expand_word);

}  // namespace
