// The functions of templates.
#pragma once

#include <string>
#include <vector>

#include "builder/template/value.hpp"

namespace builder {

/// Whether there is a function of that name. `and` and `or` are the evaluator's own, because they may stop early.
bool is_template_function(const std::string& name);
std::vector<std::string> template_function_names();

/// Throws Error for arguments that do not fit.
TemplateValue call_template_function(const std::string& name, const std::vector<TemplateValue>& arguments);

/// One step by index or key, as `index` takes it. Throws Error where a list is too short.
TemplateValue index_value(const TemplateValue& value, const TemplateValue& key);

}  // namespace builder
