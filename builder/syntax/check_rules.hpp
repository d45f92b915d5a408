// The checks as data, and which of them a file wants.
#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "builder/syntax/warning.hpp"

namespace builder {

struct CheckRule {
    std::string_view name;
    std::string_view description;  ///< what a file should do
    bool is_experimental = false;  ///< runs only where it is asked for
};

/// All rules, in alphabetical order.
std::span<const CheckRule> check_rules();

/// What `# check=skip=A,B;error=true;experimental=C` says.
struct CheckOptions {
    bool skips_all = false;
    std::set<std::string, std::less<>> skipped;
    bool has_all_experimental = false;
    std::set<std::string, std::less<>> experimental;
    bool makes_errors = false;  ///< the build fails when there is a warning

    bool wants(std::string_view rule) const;
};

/// Throws Error for an unknown option. Names of rules that nobody knows are accepted: another version may know them.
CheckOptions parse_check_options(std::string_view text);

}  // namespace builder
