#include "builder/steps/resumed_step.hpp"

#include "overlay/upper_merge.hpp"
#include "runtime/base/error.hpp"

namespace builder {

void take_over(const ResumedStep& resumed, const StageState& state, const layers::StagedLayer& staged) {
    std::vector<layers::Digest> diff_ids;
    for (const SealedLayerPointer& layer : state.layers) diff_ids.push_back(layer->record.get().diff_id);
    if (diff_ids != resumed.base)
        throw runtime::Error("the steps in front of this one do not give what {} stands on any more",
                             runtime::quoted(resumed.container))
            .with_hint("build it again with --on-error=keep");
    overlay::merge_uppers({{resumed.folder, false}}, state.view(), staged.diff_path());
}

}  // namespace builder
