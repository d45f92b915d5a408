#include "builder/cli/warning_line.hpp"

#include "runtime/base/log_line.hpp"

namespace builder {

std::string warning_line(std::string_view text) {
    return runtime::log_line("warning", text);
}

}  // namespace builder
