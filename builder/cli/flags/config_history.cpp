#include "builder/cli/flags/config_history.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <optional>

namespace builder {
namespace {

/// What sets something: not "-", which clears all, nor "NAME-", which takes one away.
std::vector<std::string> set_entries(const std::vector<std::string>& texts) {
    std::vector<std::string> entries;
    std::copy_if(texts.begin(), texts.end(), std::back_inserter(entries), [](const std::string& text) {
        const bool takes_away = text.ends_with("-") && text.find('=') == std::string::npos;
        return !text.empty() && !takes_away;
    });
    return entries;
}

class ConfigHistory {
public:
    void add(const char* word, const std::optional<std::string>& value) {
        if (value) entries_.push_back(fmt::format("{} {}", word, *value));
    }
    /// All of them in one entry.
    void add_together(const char* word, const std::vector<std::string>& texts) {
        if (!texts.empty()) entries_.push_back(fmt::format("{} {}", word, fmt::join(texts, " ")));
    }
    void add_each(const char* word, const std::vector<std::string>& texts) {
        for (const std::string& text : texts) add(word, text);
    }
    std::vector<std::string> take() { return std::move(entries_); }

private:
    std::vector<std::string> entries_;
};

std::optional<std::string> healthcheck_text(const ConfigChanges& changes) {
    if (!changes.healthcheck || changes.healthcheck->empty()) return std::nullopt;
    std::string text;
    const auto option = [&text](const char* name, const std::optional<std::string>& value) {
        if (value) text += fmt::format("--{}={} ", name, *value);
    };
    option("interval", changes.healthcheck_interval);
    if (changes.healthcheck_retries) text += fmt::format("--retries={} ", *changes.healthcheck_retries);
    option("start-period", changes.healthcheck_start_period);
    option("start-interval", changes.healthcheck_start_interval);
    option("timeout", changes.healthcheck_timeout);
    return text + *changes.healthcheck;
}

}  // namespace

std::vector<std::string> history_of_config(const ConfigChanges& changes, const std::vector<std::string>& environment) {
    ConfigHistory history;
    history.add("USER", changes.user);
    history.add("SHELL", changes.shell);
    history.add("STOPSIGNAL", changes.stop_signal);
    history.add_together("EXPOSE", set_entries(changes.ports));
    // Buildah writes this one whether there are variables or not.
    history.add("ENV", fmt::format("{}", fmt::join(environment, " ")));
    history.add("ENTRYPOINT", changes.entrypoint);
    history.add("CMD", changes.cmd);
    history.add_each("VOLUME", set_entries(changes.volumes));
    history.add("HEALTHCHECK", healthcheck_text(changes));
    history.add_together("LABEL", set_entries(changes.labels));
    history.add("WORKDIR", changes.working_directory);
    history.add_each("ONBUILD", set_entries(changes.onbuild));
    return history.take();
}

}  // namespace builder
