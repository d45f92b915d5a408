#include "builder/cli/published_state.hpp"

#include <fmt/format.h>

#include <iostream>

#include "builder/cli/warning_line.hpp"
#include "builder/images/publication.hpp"
#include "runtime/base/error.hpp"

namespace builder {

PublishedState::~PublishedState() {
    try {
        if (!context_.has_written()) return;
        Publication& publication = context_.publication();
        publication.refresh();
        for (const std::string& notice : publication.take_notices()) std::cerr << notice << "\n";
    } catch (const std::exception& error) {
        const auto* const known = dynamic_cast<const runtime::Error*>(&error);
        const std::string why = known != nullptr ? known->full_message() : error.what();
        std::cerr << warning_line(fmt::format("cannot show Podman what the store has: {}", why));
    }
}

}  // namespace builder
