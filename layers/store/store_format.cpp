#include "layers/store/store_format.hpp"

#include <array>

#include "overlay/whiteout.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/ownership.hpp"

namespace layers {
namespace {

constexpr std::array format_names = {"root", "user ranges", "owners aside"};

/// Who has a store of that format, for messages.
std::string users_of_format(const std::string& name) {
    if (name == "root") return "root";
    return name == "user ranges" ? "a user with ranges of IDs" : "a user with a single ID";
}

/// Empty where none is noted.
std::string noted_format(Database& database) {
    Query row = database.query("SELECT value FROM properties WHERE name = 'format'");
    return row.next() ? row.text(0) : "";
}

}  // namespace

void settle_format(Database& database, StoreFormat format, const std::string& root) {
    const std::string wanted = format_names.at(static_cast<std::size_t>(format));
    std::string noted = noted_format(database);
    if (noted.empty()) {
        database.query("INSERT OR IGNORE INTO properties(name, value) VALUES ('format', ?)").bind_all(wanted).run();
        // Another process may have been faster.
        noted = noted_format(database);
    }
    if (noted != wanted)
        throw runtime::Error("the store {} was made by {}; here it would be used by {}", runtime::quoted(root),
                             users_of_format(noted), users_of_format(wanted))
            .with_hint("name another store with --root, or use this one as it was made");
}

void work_in_format(StoreFormat format) noexcept {
    overlay::set_store_marks(format == StoreFormat::root ? overlay::MarkNamespace::trusted
                                                         : overlay::MarkNamespace::user);
    runtime::keep_owners_aside(format == StoreFormat::owners_aside);
}

}  // namespace layers
