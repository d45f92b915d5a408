#include "builder/cli/store_limits.hpp"

#include <fmt/format.h>

#include <iostream>

#include "builder/cli/warning_line.hpp"
#include "builder/images/prune.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"

namespace builder {

void keep_store_limits(Context& context) noexcept {
    try {
        if (!context.has_written()) return;
        const layers::PruneLimits limits = limits_of(registry::BuilderSettings::read().store);
        if (!limits.has_any()) return;
        layers::Store& store = context.store();
        const layers::PrunePlan plan = store.garbage().plan(unwanted_images(store, false), limits);
        if (plan.removed.empty()) return;
        runtime::log_debug("the limits of builder.toml take {} things away, {} bytes", plan.removed.size(),
                           plan.freed_bytes);
        store.garbage().remove(plan);
    } catch (const runtime::Error& error) {
        std::cerr << warning_line(fmt::format("cannot hold the limits of the store: {}", error.full_message()));
    } catch (const std::exception& error) {
        std::cerr << warning_line(fmt::format("cannot hold the limits of the store: {}", error.what()));
    }
}

}  // namespace builder
