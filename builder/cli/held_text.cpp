#include "builder/cli/held_text.hpp"

#include <unistd.h>

#include <array>

#include "runtime/sys/file.hpp"
#include "runtime/sys/temp_folder.hpp"

namespace builder {
void HeldText::add(std::string_view text) {
    if (text.empty()) return;
    if (!file_) file_ = runtime::nameless_file();
    runtime::write_all(file_, text, "what a stage prints");
}

void HeldText::give(const std::function<void(std::string_view)>& take) {
    const runtime::Fd file = std::exchange(file_, runtime::Fd());
    if (!file) return;
    std::array<char, 65536> buffer;
    off_t place = 0;
    for (ssize_t got; (got = ::pread(file.get(), buffer.data(), buffer.size(), place)) > 0; place += got)
        take({buffer.data(), static_cast<std::size_t>(got)});
}

}  // namespace builder
