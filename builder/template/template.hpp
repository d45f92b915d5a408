// Templates as Go's text/template has them, because that is what people write behind --format: fields, pipes,
// conditions, loops, variables and functions. https://pkg.go.dev/text/template
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "builder/template/value.hpp"

namespace builder {

struct TemplateNode;

class Template {
public:
    /// Throws Error that names the place and what is wrong there.
    static Template parse(std::string_view text);
    Template(Template&&) noexcept;
    Template& operator=(Template&&) noexcept;
    ~Template();

    /// Throws Error for a field that is not there, a function that does not fit its arguments.
    std::string execute(const TemplateValue& data) const;

private:
    explicit Template(std::unique_ptr<TemplateNode> root);
    std::unique_ptr<TemplateNode> root_;
};

/// --format of a list: the template for each row, a line each. Blanks between fields become columns, as they do in
/// Buildah and Podman. "table" in front of it adds a heading, made of the names of the fields; `headings` are those
/// that are not just the name in upper case. "json" alone, or "{{json .}}", prints the rows as JSON.
std::string format_rows(const std::string& format, const std::vector<TemplateValue>& rows,
                        const std::map<std::string, std::string>& headings);

/// For documents that are no rows. Throws Error for a text without any action, which would print itself.
Template parse_document_format(const std::string& text);

}  // namespace builder
