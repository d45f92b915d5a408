#include "builder/cli/resume_point.hpp"

#include <charconv>

#include "runtime/base/error.hpp"

namespace builder {
namespace {

// No flag of `from` has a blank in its name.
constexpr const char* words_name = "failed build: words";
constexpr const char* folder_name = "failed build: folder";
constexpr const char* place_name = "failed build: stage and step";

std::size_t number_of(const std::string& text) {
    std::size_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

}  // namespace

Words without_passwords(const Words& words) {
    Words kept;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == "--creds" || words[i] == "--decryption-key")
            ++i;
        else if (!words[i].starts_with("--creds=") && !words[i].starts_with("--decryption-key="))
            kept.push_back(words[i]);
    }
    return kept;
}

void note_resume_point(const ResumePoint& point, ContainerState& state) {
    state.settings[words_name] = without_passwords(point.words);
    state.settings[folder_name] = {point.folder};
    state.settings[place_name] = {std::to_string(point.stage), std::to_string(point.step)};
}

std::optional<ResumePoint> resume_point_of(const ContainerState& state) {
    const auto words = state.settings.find(words_name);
    const auto place = state.settings.find(place_name);
    if (words == state.settings.end() || place == state.settings.end() || place->second.size() != 2)
        return std::nullopt;
    return ResumePoint{words->second, state.setting(folder_name), number_of(place->second[0]),
                       number_of(place->second[1])};
}

ResumedStep resumed_step(WorkingContainer& container, bool is_done) {
    const std::string name = runtime::quoted(container.record().name);
    const auto point = resume_point_of(container.state());
    if (!point) throw runtime::Error("the container {} is none of a failed step", name);
    if (!container.try_lock_alone())
        throw runtime::Error("the container {} is in use", name).with_hint("end what runs in it, and umount it");
    ResumedStep resumed{
        point->stage, point->step, is_done, container.record().name, container.record().diff_path(), {}};
    for (const SealedLayerPointer& layer : container.below().layers)
        resumed.base.push_back(layer->record.get().diff_id);
    return resumed;
}

}  // namespace builder
