#include "builder/syntax/reference_filter.hpp"

#include "builder/syntax/glob.hpp"

namespace builder {

bool reference_matches(const registry::Reference& reference, std::string_view pattern) {
    const Glob glob = Glob::parse(pattern);
    return glob.matches(reference.familiar_text()) || glob.matches(reference.familiar_name());
}

}  // namespace builder
