// What --chmod takes: 0755, u=rwX,go=rX, +x.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace builder {

/// A change of permission bits, as chmod(1) understands it; a class that is not named means all, whatever the umask.
class ModeChange {
public:
    /// Throws Error for anything else.
    static ModeChange parse(std::string_view text);

    /// The permission bits (with set-user-ID, set-group-ID and sticky) after the change.
    std::uint32_t apply(std::uint32_t mode, bool is_directory) const;

    /// The mode where that is a number of permission bits alone, which needs nothing to be applied to.
    std::optional<std::uint32_t> plain_number() const {
        return absolute_ && (*absolute_ & ~0777U) == 0 ? absolute_ : std::nullopt;
    }

private:
    struct Clause {
        std::uint32_t who = 0;  ///< the bits of the classes that are named
        char operation = '=';
        std::uint32_t bits = 0;                ///< in all classes; `who` chooses from them
        bool has_conditional_execute = false;  ///< X
        char copied_class = '\0';              ///< u, g or o where its bits are copied
    };

    static void parse_clauses(std::string_view part, std::string_view text, std::vector<Clause>& clauses);
    static std::uint32_t apply_clause(const Clause& clause, std::uint32_t mode, bool is_directory);

    std::optional<std::uint32_t> absolute_;
    std::vector<Clause> clauses_;
};

}  // namespace builder
