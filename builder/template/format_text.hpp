// printf of templates. https://pkg.go.dev/fmt
#pragma once

#include <string>
#include <vector>

#include "builder/template/value.hpp"

namespace builder {

/// `arguments` has the format first. The verbs are %v %s %q %d %x %X %o %b %c %t %f %e %g %T %%, with flags, width and
/// precision. As Go does, it says within the text what does not fit: %!d(string=hi).
std::string format_text(const std::string& format, const std::vector<TemplateValue>& arguments);

}  // namespace builder
