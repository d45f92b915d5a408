#include "builder/cli/recorded_builds.hpp"

#include <fmt/format.h>

#include <charconv>

#include "runtime/base/error.hpp"
#include "runtime/base/harmless.hpp"

namespace builder {
namespace {

using layers::BuildFile;
using runtime::Error;
using runtime::quoted;

/// The N of "^N"; "^" alone is 1.
std::size_t parse_age(const std::string& text) {
    if (text.size() == 1) return 1;
    std::size_t age = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + 1, end, age);
    if (error != std::errc() || stop != end)
        throw Error("{} names no build", quoted(text)).with_hint("^2 is the second one before the newest");
    return age;
}

}  // namespace

BuildFile require_build(const layers::BuildFiles& builds, const std::string& text) {
    const std::vector<BuildFile> files = builds.list();
    if (files.empty()) throw Error("there is no record of a build").with_hint("builder build makes one");
    if (text.empty() || text.front() == '^') {
        const std::size_t age = text.empty() ? 0 : parse_age(text);
        if (age < files.size()) return files[age];
        throw Error("there is no build {} before the newest", age)
            .with_hint(fmt::format("there are records of {} builds: builder builds ls", files.size()));
    }
    constexpr std::size_t fewest_digits = 3;
    std::vector<BuildFile> found;
    for (const BuildFile& file : files)
        if (text.size() >= fewest_digits && file.id.starts_with(text)) found.push_back(file);
    if (found.size() == 1) return found.front();
    if (found.empty())
        throw Error("there is no record of a build {}", quoted(text))
            .with_hint("builder builds ls lists what there is");
    throw Error("{} is the beginning of {} IDs of builds", quoted(text), found.size())
        .with_hint(fmt::format("give more of it: {} or {}", found[0].id, found[1].id));
}

BuildRecord require_record(const layers::BuildFiles& builds, const BuildFile& file) {
    if (auto record = read_record(builds, file)) return *std::move(record);
    throw Error("the record of build {} was removed meanwhile", file.id);
}

const char* name_of(BuildRecord::State state) {
    switch (state) {
        case BuildRecord::State::running:
            return "running";
        case BuildRecord::State::done:
            return "done";
        case BuildRecord::State::failed:
            return "failed";
        case BuildRecord::State::interrupted:
            return "interrupted";
    }
    return "";
}

std::string shown_time(std::int64_t microseconds) {
    const double seconds = static_cast<double>(microseconds) / 1e6;
    const std::int64_t whole = microseconds / 1'000'000;
    if (seconds < 10) return fmt::format("{:.2f}s", seconds);
    if (seconds < 60) return fmt::format("{:.1f}s", seconds);
    if (whole < 3600) return fmt::format("{}m {}s", whole / 60, whole % 60);
    return fmt::format("{}h {}m", whole / 3600, whole % 3600 / 60);
}

std::string step_prefix(const StepLabel& step, bool has_stages) {
    const std::string stage = has_stages ? runtime::harmless(step.stage_name) + " " : "";
    return fmt::format("[{}{}/{}] ", stage, step.number, step.total);
}

}  // namespace builder
