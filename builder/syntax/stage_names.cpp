#include "builder/syntax/stage_names.hpp"

#include <algorithm>

namespace builder {

bool is_stage_name(std::string_view name) {
    const auto is_allowed = [](char byte) {
        return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-' || byte == '_' ||
               byte == '.' || byte == '/';
    };
    return !name.empty() && name.front() >= 'a' && name.front() <= 'z' &&
           std::all_of(name.begin(), name.end(), is_allowed);
}

}  // namespace builder
