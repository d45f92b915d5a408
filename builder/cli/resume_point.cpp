#include "builder/cli/resume_point.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "builder/plan/variables.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

// No flag of `from` has a blank in its name.
constexpr const char* words_name = "failed build: words";
constexpr const char* global_name = "failed build: global words";
constexpr const char* folder_name = "failed build: folder";
constexpr const char* place_name = "failed build: stage and step";

std::size_t number_of(const std::string& text) {
    std::size_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

}  // namespace

namespace {

/// "https://user:password@host/x" as "https://host/x", also behind "NAME=".
std::string without_user(std::string word) {
    const std::size_t begin = word.find("://");
    if (begin == std::string::npos) return word;
    const std::size_t host = begin + 3;
    const std::size_t end = std::min(word.find_first_of("/?#", host), word.size());
    const std::size_t at = word.rfind('@', end);
    if (at != std::string::npos && at >= host && at < end) word.erase(host, at + 1 - host);
    return word;
}

bool holds_password(std::string_view flag, std::string_view value) {
    if (flag == "--creds" || flag == "--decryption-key") return true;
    return flag == "--build-arg" && is_proxy_argument(value.substr(0, value.find('=')));
}

}  // namespace

ResumePoint how_started(const Context& context) {
    std::error_code unknown;
    ResumePoint point;
    point.global_words = context.global_words();
    point.words = context.command_line();
    point.folder = std::filesystem::current_path(unknown).string();
    return point;
}

Words without_passwords(const Words& words) {
    Words kept;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string_view word = words[i];
        const std::size_t equals = word.find('=');
        const bool is_next = equals == std::string_view::npos && i + 1 < words.size();
        std::string_view value;
        if (is_next)
            value = words[i + 1];
        else if (equals != std::string_view::npos)
            value = word.substr(equals + 1);
        if (!holds_password(word.substr(0, equals), value))
            kept.push_back(without_user(words[i]));
        else if (is_next)
            ++i;
    }
    return kept;
}

void note_resume_point(const ResumePoint& point, ContainerState& state) {
    state.settings[words_name] = without_passwords(point.words);
    state.settings[global_name] = without_passwords(point.global_words);
    state.settings[folder_name] = {point.folder};
    state.settings[place_name] = {std::to_string(point.stage), std::to_string(point.step), point.platform, point.text};
}

std::optional<ResumePoint> resume_point_of(const ContainerState& state) {
    const auto words = state.settings.find(words_name);
    const auto place = state.settings.find(place_name);
    if (words == state.settings.end() || place == state.settings.end() || place->second.size() != 4)
        return std::nullopt;
    const auto global = state.settings.find(global_name);
    return ResumePoint{global == state.settings.end() ? Words() : global->second,
                       words->second,
                       state.setting(folder_name),
                       number_of(place->second[0]),
                       number_of(place->second[1]),
                       place->second[3],
                       place->second[2]};
}

ResumedStep resumed_step(WorkingContainer& container, bool is_done) {
    const std::string name = runtime::quoted(container.record().name);
    const auto point = resume_point_of(container.state());
    if (!point) throw runtime::Error("the container {} is none of a failed step", name);
    if (!container.try_lock_alone())
        throw runtime::Error("the container {} is in use", name).with_hint("end what runs in it, and umount it");
    ResumedStep resumed{point->stage,
                        point->step,
                        point->text,
                        point->platform,
                        is_done,
                        container.record().name,
                        container.record().diff_path(),
                        {}};
    for (const SealedLayerPointer& layer : container.below().layers)
        resumed.base.push_back(layer->record.get().diff_id);
    return resumed;
}

}  // namespace builder
