#include "layers/layer_reader.hpp"

namespace layers {

UnpackStatistics apply_layer(runtime::Source& tar, const runtime::Fd& folder, const ApplyOptions& options) {
    return unpack(tar, folder,
                  {.whiteouts = options.marks,
                   .owners = options.owners,
                   .skip_devices = options.skip_devices,
                   .max_bytes = options.max_bytes,
                   .lower_folder = options.lower_folder,
                   .is_lower_folder = options.is_lower_folder});
}

}  // namespace layers
