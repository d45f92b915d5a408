#include "builder/syntax/foreign_text.hpp"

#include <algorithm>

#include "runtime/base/error.hpp"
#include "runtime/base/letter_case.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;

/// By its mark, or by the zeros that it has in place of the other half of plain letters.
bool is_utf16(std::string_view text) {
    if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) return true;
    if (text.size() < 4) return false;
    const auto letter = [&](std::size_t place) { return text[place] > 0; };
    return (letter(0) && text[1] == 0 && letter(2) && text[3] == 0) ||
           (text[0] == 0 && letter(1) && text[2] == 0 && letter(3));
}

bool is_html(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    const std::string start = runtime::in_lower_case(text.substr(0, 9));
    return start == "<!doctype" || start.starts_with("<html");
}

}  // namespace

void refuse_foreign_text(std::string_view text, const std::string& name) {
    if (is_utf16(text)) throw Error("{} is in UTF-16", quoted(name)).with_hint("save it in the encoding UTF-8");
    if (is_html(text))
        throw Error("{} is an HTML page, no Containerfile", quoted(name))
            .with_hint("where it was downloaded, take the address of the file itself");
    const std::size_t zero = text.find('\0');
    if (zero == std::string_view::npos) return;
    throw Error("{} has a NUL byte in line {}", quoted(name), 1 + std::count(text.begin(), text.begin() + zero, '\n'))
        .with_hint(
            "a Containerfile is a text; an archive is a context where it comes by standard input: builder build - "
            "<FILE");
}

}  // namespace builder
