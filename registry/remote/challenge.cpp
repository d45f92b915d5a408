#include "registry/remote/challenge.hpp"
#include "runtime/base/letter_case.hpp"

#include <optional>

namespace registry {
namespace {

class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    bool at_end() const noexcept { return rest_.empty(); }
    void skip_blanks() {
        while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t')) rest_.remove_prefix(1);
    }
    bool take(char c) {
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }
    std::string token() {
        std::string text;
        while (!rest_.empty() && std::string_view(" \t,=\"").find(rest_.front()) == std::string_view::npos) {
            text += runtime::in_lower_case(rest_.front());
            rest_.remove_prefix(1);
        }
        return text;
    }
    std::string value() {
        std::string text;
        if (!take('"')) {
            while (!rest_.empty() && rest_.front() != ',' && rest_.front() != ' ') {
                text += rest_.front();
                rest_.remove_prefix(1);
            }
            return text;
        }
        while (!rest_.empty() && rest_.front() != '"') {
            if (rest_.front() == '\\' && rest_.size() > 1) rest_.remove_prefix(1);
            text += rest_.front();
            rest_.remove_prefix(1);
        }
        take('"');
        return text;
    }
    void skip_one() {
        if (!rest_.empty()) rest_.remove_prefix(1);
    }

private:
    std::string_view rest_;
};

}  // namespace

std::vector<Challenge> parse_challenges(std::string_view field) {
    std::vector<Challenge> challenges;
    Reader reader(field);
    while (!reader.at_end()) {
        reader.skip_blanks();
        if (reader.take(',')) continue;
        const std::string name = reader.token();
        if (name.empty()) {
            reader.skip_one();
            continue;
        }
        reader.skip_blanks();
        if (reader.take('=')) {
            reader.skip_blanks();
            std::string value = reader.value();
            if (!challenges.empty()) challenges.back().parameters[name] = std::move(value);
        } else {
            challenges.push_back({name, {}});
        }
    }
    return challenges;
}

}  // namespace registry
