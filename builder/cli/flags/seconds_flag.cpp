#include "builder/cli/flags/seconds_flag.hpp"

#include <charconv>
#include <utility>

#include "builder/cli/flag_words.hpp"
#include "runtime/base/error.hpp"

namespace builder {

Flag seconds_flag(std::string name, std::string description, std::string complaint,
                  std::optional<std::int64_t>& target) {
    Flag result{std::move(name), 0, "SECONDS", std::move(description)};
    result.set = [complaint = std::move(complaint), &target](const std::string& value) {
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
        if (error != std::errc() || end != value.data() + value.size())
            throw runtime::Error("{} \"{}\": {}", complaint, value, no_such_value("ParseInt", value))
                .with_hint("it takes a whole number of seconds since 1970");
        target = number;
    };
    return result;
}

}  // namespace builder
