#include "builder/cli/word_counts.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "runtime/base/error.hpp"

namespace builder {
namespace {

using runtime::Error;

constexpr std::size_t without_limit = 100;

/// Which check comes first.
enum class Order { counts, flags };

struct WordRule {
    std::string_view command;
    std::string_view too_few;   ///< empty: a sentence with numbers
    std::string_view too_many;  ///< the same
    Order order = Order::counts;
    std::size_t own_words = 0;  ///< in front of which flags are not looked for
};

/// Commands whose flags all stand in front of the first word: what looks like one behind it is refused.
constexpr std::array flags_first = {
    WordRule{"add", "", "", Order::counts, 1},
    WordRule{"copy", "", "", Order::counts, 1},
    WordRule{"from", "an image name (or \"scratch\") must be specified", "too many arguments specified"},
    WordRule{"config", "container ID must be specified", "too many arguments specified"},
    WordRule{"commit", "container ID must be specified", "too many arguments specified"},
    WordRule{"mount", "", ""},
    WordRule{"umount", "", ""},
    WordRule{"rm", "", ""},
    WordRule{"rmi", "", ""},
    WordRule{"prune", "", ""},
    WordRule{"images", "", "'builder images' requires at most 1 argument"},
    WordRule{"inspect", "container or image name must be specified", "too many arguments specified"},
    WordRule{"pull", "an image name must be specified", "too many arguments specified"},
    WordRule{"push", "at least a source image ID must be specified",
             "only two arguments are necessary to push: source and destination", Order::flags},
};

/// Others with sentences of their own. Their flags stand anywhere.
constexpr std::array flags_anywhere = {
    WordRule{"run", "container ID must be specified", ""},
    WordRule{"containers", "", "'builder containers' does not accept arguments"},
    WordRule{"login", "", "too many arguments, login takes only 1 argument"},
    WordRule{"logout", "", "too many arguments, logout takes at most 1 argument"},
    WordRule{"manifest inspect", "requires at least 1 arg(s), only received 0",
             "only one argument is necessary for inspect: an image name"},
    WordRule{"manifest push", "requires at least 1 arg(s), only received 0",
             "only two arguments are necessary to push: source and destination"},
};

const WordRule* find(std::span<const WordRule> rules, const std::string& command) {
    const auto found =
        std::find_if(rules.begin(), rules.end(), [&](const auto& rule) { return rule.command == command; });
    return found == rules.end() ? nullptr : &*found;
}

std::string wrong_number(const Command& command, std::size_t count) {
    const std::size_t fewest = command.fewest_words;
    const std::size_t most = command.most_words;
    if (fewest == most && most > 0) return fmt::format("accepts {} arg(s), received {}", most, count);
    if (most >= without_limit) return fmt::format("requires at least {} arg(s), only received {}", fewest, count);
    if (fewest == 0) return fmt::format("accepts at most {} arg(s), received {}", most, count);
    return fmt::format("accepts between {} and {} arg(s), received {}", fewest, most, count);
}

[[noreturn]] void refuse(const Command& command, const std::string& why) {
    throw Error("{}", why).with_hint(fmt::format("usage: builder {} {}", command.name, command.usage));
}

void refuse_flags(const Command& command, const Words& words, std::size_t first) {
    for (std::size_t i = first; i < words.size(); ++i)
        if (words[i].starts_with('-'))
            refuse(command,
                   fmt::format("no options ({}) can be specified after the image or container name", words[i]));
}

}  // namespace

bool has_flags_first(const std::string& command) {
    return command == "build" || find(flags_first, command) != nullptr;
}

void check_words(const Command& command, const Words& words) {
    const WordRule* const strict = find(flags_first, command.name);
    const WordRule* const rule = strict != nullptr ? strict : find(flags_anywhere, command.name);
    const std::size_t count = words.size();
    const auto sentence = [&](std::string_view own) {
        return own.empty() ? wrong_number(command, count) : std::string(own);
    };
    if (strict != nullptr && strict->order == Order::flags) refuse_flags(command, words, strict->own_words);
    if (count < command.fewest_words) refuse(command, sentence(rule != nullptr ? rule->too_few : ""));
    if (strict != nullptr) refuse_flags(command, words, strict->own_words);
    if (count <= command.most_words) return;
    if (rule == nullptr && command.most_words == 0)
        refuse(command, fmt::format("unknown command \"{}\" for \"builder {}\"", words.front(), command.name));
    refuse(command, sentence(rule != nullptr ? rule->too_many : ""));
}

}  // namespace builder
