#include "builder/steps/etc_lines.hpp"

#include <algorithm>

#include "runtime/base/error.hpp"

namespace builder {

void require_one_line(std::string_view value, std::string_view what) {
    const bool has_more = std::any_of(value.begin(), value.end(), [](char one) {
        return one != '\t' && (static_cast<unsigned char>(one) < ' ' || one == '\x7f');
    });
    if (has_more)
        throw runtime::Error("{} {} has a line end or another control character", what, runtime::quoted(value));
}

}  // namespace builder
