#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "builder/cli/columns.hpp"
#include "builder/cli/command_context.hpp"
#include "builder/cli/output_table.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/questions/family_tree.hpp"
#include "builder/questions/file_stack.hpp"
#include "builder/questions/layer_history.hpp"
#include "runtime/base/harmless.hpp"

namespace builder {
namespace {

using Member = Lineage::Member;

struct TreeOptions {
    bool all = false;
    bool json = false;
    bool no_truncation = false;
};

/// The names, or the ID in their place.
std::string shown_names(const Member& member) {
    const std::string id(member.image.id.hex().substr(0, 12));
    if (member.image.names.empty()) return "<none> " + id;
    return one_line(fmt::format("{} {}", fmt::join(member.image.names, ", "), id));
}

void draw(const std::vector<FamilyNode>& nodes, const std::string& indent, bool is_top, std::string& text) {
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const bool is_last = i + 1 == nodes.size();
        const FamilyNode& node = nodes[i];
        const std::string size = human_size(node.member->image.size_bytes);
        text += fmt::format("{}{}{}  {}\n", indent,
                            is_top    ? ""
                            : is_last ? "└── "
                                      : "├── ",
                            shown_names(*node.member),
                            is_top ? size : fmt::format("+{}, {} in all", human_size(node.added_bytes), size));
        draw(node.children, indent + (is_top ? "" : is_last ? "    " : "│   "), false, text);
    }
}

/// A layer of an image with what is known of it.
struct LayerRow {
    layers::Digest layer;
    std::int64_t bytes = 0;
    std::string created_by;
    std::vector<std::string> images;  ///< names of those whose topmost layer it is
};

std::vector<LayerRow> layers_of(layers::Store& store, const Lineage& lineage, const Member& member) {
    const auto entries = entries_of_layers(member.config);
    std::vector<LayerRow> rows;
    for (const layers::LayerRecord& layer : store.layers().of_image(member.image.id)) {
        const std::size_t place = rows.size();
        LayerRow row{layer.diff_id, layer.tar_bytes, "", {}};
        if (place < entries.size() && entries[place])
            row.created_by = member.config.history[*entries[place]].created_by;
        if (place + 1 < member.chain.size())
            for (const Member* const one : lineage.with_first_layers(member, place + 1))
                row.images.insert(row.images.end(), one->image.names.begin(), one->image.names.end());
        rows.push_back(std::move(row));
    }
    return rows;
}

void print_image(const Member& member, const std::vector<LayerRow>& layers, const std::vector<FamilyNode>& above,
                 const TreeOptions& options) {
    constexpr std::size_t instruction_columns = 50;
    std::vector<std::vector<std::string>> table;
    for (const LayerRow& row : layers) {
        const std::string instruction = one_line(instruction_of(row.created_by));
        table.push_back({(table.size() + 1 == layers.size() ? "└── " : "├── ") +
                             (options.no_truncation ? row.layer.text() : row.layer.text().substr(0, 7 + 12)),
                         human_size(row.bytes),
                         options.no_truncation ? instruction : fitted(instruction, instruction_columns),
                         one_line(fmt::format("{}", fmt::join(row.images, ", ")))});
    }
    std::cout << fmt::format("{}  {}\n", shown_names(member), human_size(member.image.size_bytes))
              << format_table(table, 2);
    std::string text;
    draw(above, "", false, text);
    if (!text.empty()) std::cout << "Images that stand on it:\n" << text;
}

nlohmann::json document_of(const std::vector<FamilyNode>& nodes) {
    nlohmann::json list = nlohmann::json::array();
    for (const FamilyNode& node : nodes)
        list.push_back({{"id", node.member->image.id.text()},
                        {"names", node.member->image.names},
                        {"size", node.member->image.size_bytes},
                        {"added", node.added_bytes},
                        {"layers", node.member->config.diff_ids.size()},
                        {"children", document_of(node.children)}});
    return list;
}

nlohmann::json document_of(const Lineage& lineage, const Member& member, const std::vector<LayerRow>& layers,
                           const std::vector<FamilyNode>& above) {
    nlohmann::json list = nlohmann::json::array();
    for (const LayerRow& row : layers)
        list.push_back({{"layer", row.layer.text()},
                        {"size", row.bytes},
                        {"created_by", row.created_by},
                        {"instruction", instruction_of(row.created_by)},
                        {"images", row.images}});
    return {{"id", member.image.id.text()},
            {"names", member.image.names},
            {"size", member.image.size_bytes},
            {"parent",
             member.parent ? nlohmann::json(lineage.members()[*member.parent].image.id.text()) : nlohmann::json()},
            {"layers", std::move(list)},
            {"children", document_of(above)}};
}

void print_json(const nlohmann::json& document) {
    std::cout << runtime::harmless_json(document.dump(4, ' ', false, nlohmann::json::error_handler_t::replace)) << "\n";
}

int show_tree(Context& context, const Words& words, const TreeOptions& options) {
    layers::Store& store = context.store();
    const auto wanted = words.empty() ? std::nullopt : std::optional(require_image(store, words.front()));
    const Lineage lineage(store.images().list());
    if (!wanted) {
        const std::vector<FamilyNode> family = family_of(lineage, options.all);
        std::string text;
        draw(family, "", true, text);
        options.json ? print_json(document_of(family)) : static_cast<void>(std::cout << text);
        return 0;
    }
    const Member* const member = lineage.find(wanted->id);
    if (member == nullptr)
        throw runtime::Error("the configuration of the image {} cannot be read", runtime::quoted(words.front()))
            .with_hint("builder check says what is damaged");
    const std::vector<LayerRow> layers = layers_of(store, lineage, *member);
    const std::vector<FamilyNode> above = descendants_of(lineage, *member, options.all);
    if (options.json)
        print_json(document_of(lineage, *member, layers, above));
    else
        print_image(*member, layers, above, options);
    return 0;
}

}  // namespace

Command tree_command() {
    auto options = std::make_shared<TreeOptions>();
    Command command;
    command.name = "tree";
    command.group = "Questions";
    command.summary = "show the layers of an image and what stands on it, or how all images stand on each other";
    command.usage = "[flags] [IMAGE]";
    command.flags = {
        flag("all", 'a', "show images without a name that others stand on", options->all),
        flag("json", 0, "print JSON", options->json),
        flag("no-trunc", 0, "do not truncate digests and commands", options->no_truncation),
    };
    command.most_words = 1;
    command.run = [options](Context& context, const Words& words) { return show_tree(context, words, *options); };
    return command;
}

}  // namespace builder
