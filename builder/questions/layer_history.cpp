#include "builder/questions/layer_history.hpp"

namespace builder {

std::vector<std::optional<std::size_t>> entries_of_layers(const layers::oci::ImageConfig& config) {
    std::vector<std::optional<std::size_t>> entries;
    for (std::size_t i = 0; i < config.history.size() && entries.size() < config.diff_ids.size(); ++i)
        if (!config.history[i].empty_layer) entries.emplace_back(i);
    entries.resize(config.diff_ids.size());
    return entries;
}

std::vector<std::optional<std::size_t>> layers_of_entries(const layers::oci::ImageConfig& config) {
    std::vector<std::optional<std::size_t>> layers(config.history.size());
    const auto entries = entries_of_layers(config);
    for (std::size_t i = 0; i < entries.size(); ++i)
        if (entries[i]) layers[*entries[i]] = i;
    return layers;
}

std::string instruction_of(std::string_view created_by) {
    constexpr std::string_view shell = "/bin/sh -c ", no_operation = "#(nop) ", by_buildkit = " # buildkit";
    if (created_by.ends_with(by_buildkit)) created_by.remove_suffix(by_buildkit.size());
    std::string text;
    if (created_by.starts_with(shell)) {
        created_by.remove_prefix(shell.size());
        if (created_by.starts_with(no_operation))
            created_by.remove_prefix(no_operation.size());
        else
            text = "RUN ";
    }
    text += created_by.substr(std::min(created_by.find_first_not_of(' '), created_by.size()));
    text.erase(text.find_last_not_of(" \n") + 1);
    return text;
}

}  // namespace builder
