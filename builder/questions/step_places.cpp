#include "builder/questions/step_places.hpp"

#include <algorithm>

#include "builder/engine/record/build_record.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

bool names_any(const std::string& events, const std::set<std::string>& diff_ids) {
    for (const std::string& diff_id : diff_ids)
        if (events.find(diff_id) != std::string::npos) return true;
    return false;
}

/// The record, if it tells of any of the layers; most do not, and are not parsed for it.
std::optional<BuildRecord> record_of_any(const layers::BuildFiles& builds, const layers::BuildFile& file,
                                         const std::set<std::string>& diff_ids) {
    try {
        const std::optional<std::string> events = builds.read_events(file);
        if (!events || !names_any(*events, diff_ids)) return std::nullopt;
        return parse_record(*events, false);
    } catch (const runtime::Error&) {
        return std::nullopt;
    }
}

}  // namespace

std::map<std::string, StepPlace> find_step_places(const layers::BuildFiles& builds,
                                                  const std::vector<std::string>& images,
                                                  const std::set<std::string>& diff_ids) {
    struct Found {
        StepPlace place;
        std::ptrdiff_t rank = 0;  ///< of the image that the build made
        std::size_t stage = 0;
    };
    std::map<std::string, Found> found;
    for (const layers::BuildFile& file : builds.list()) {
        const std::optional<BuildRecord> record = record_of_any(builds, file, diff_ids);
        if (!record) continue;
        const std::ptrdiff_t rank = std::find(images.begin(), images.end(), record->image) - images.begin();
        for (const RecordedStep& step : record->steps) {
            if (step.label.line == 0 || !diff_ids.contains(step.diff_id)) continue;
            const auto known = found.find(step.diff_id);
            // Of two steps of one build the one in the later stage counts: it is nearer to the image.
            const bool is_later = known != found.end() && known->second.rank == rank &&
                                  known->second.place.build == record->id && known->second.stage <= step.label.stage;
            if (known != found.end() && known->second.rank <= rank && !is_later) continue;
            found[step.diff_id] = {
                {record->subject.file, step.label.line, step.label.text, record->id}, rank, step.label.stage};
        }
    }
    std::map<std::string, StepPlace> places;
    for (auto& [diff_id, step] : found) places.emplace(diff_id, std::move(step.place));
    return places;
}

}  // namespace builder
