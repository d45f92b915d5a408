#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <iterator>
#include <memory>

#include "builder/cli/command_context.hpp"
#include "builder/cli/flags/image_filters.hpp"
#include "builder/cli/output_table.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/images/additional_stores.hpp"
#include "builder/images/image_family.hpp"
#include "builder/images/local_images.hpp"
#include "builder/images/manifest_list.hpp"
#include "builder/template/template.hpp"
#include "registry/reference.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using layers::ImageRecord;

struct ImagesOptions {
    bool all = false;
    bool quiet = false;
    bool json = false;
    bool no_truncation = false;
    bool no_heading = false;
    bool digests = false;
    bool history = false;
    std::vector<std::string> filters;
    std::optional<std::string> format;
};

std::string shown_id(const ImageRecord& image, const ImagesOptions& options) {
    return options.no_truncation ? image.id.text() : std::string(image.id.hex().substr(0, 12));
}

struct NameParts {
    std::string repository = "<none>";
    std::string tag = "<none>";
};

/// Names in the store are canonical, so a look at the last colon is enough.
NameParts split_name(const std::string& name) {
    if (name.empty()) return {};
    const auto at = name.find('@');
    const std::string plain = name.substr(0, at);
    const auto colon = plain.rfind(':');
    if (colon == std::string::npos || plain.find('/', colon) != std::string::npos) return {plain, "<none>"};
    return {plain.substr(0, colon), plain.substr(colon + 1)};
}

std::int64_t epoch_of(const std::string& rfc3339) {
    std::tm parts{};
    return ::strptime(rfc3339.c_str(), "%Y-%m-%dT%H:%M:%S", &parts) == nullptr ? 0 : ::timegm(&parts);
}

/// The other names that the image has; the store keeps no older ones.
std::string history_of(const ListedImage& row) {
    std::string text;
    for (const std::string& name : row.image->names)
        if (name != row.name) text += (text.empty() ? "" : ", ") + name;
    return text.empty() ? "<none>" : text;
}

/// What --format sees of a row. The time is printed as Go prints one.
TemplateValue describe_row(const ListedImage& row, const ImagesOptions& options) {
    const NameParts name = split_name(row.name);
    const ImageRecord& image = *row.image;
    std::string raw = image.created;
    if (raw.size() > 20 && raw[10] == 'T' && raw.ends_with("Z"))
        raw = raw.substr(0, 10) + " " + raw.substr(11, raw.size() - 12) + " +0000 UTC";
    return TemplateValue::record("main.imageOutputParams", {{"Tag", "Tag", name.tag},
                                                            {"ID", "ID", shown_id(image, options)},
                                                            {"Name", "Name", name.repository},
                                                            {"Digest", "Digest", image.manifest_digest.text()},
                                                            {"Created", "Created", epoch_of(image.created)},
                                                            {"CreatedAt", "CreatedAt", human_age(image.created)},
                                                            {"CreatedAtRaw", "CreatedAtRaw", raw},
                                                            {"Size", "Size", human_size(image.size_bytes)},
                                                            {"ReadOnly", "ReadOnly", row.is_read_only},
                                                            {"History", "History", history_of(row)}});
}

TemplateValue describe_image_row(const ImageRecord& image, const ImagesOptions& options) {
    return TemplateValue::record("main.jsonImage", {{"ID", "id", shown_id(image, options)},
                                                    {"Names", "names", TemplateValue::list_of(image.names)},
                                                    {"Digest", "digest", image.manifest_digest.text()},
                                                    {"CreatedAt", "createdat", human_age(image.created)},
                                                    {"Size", "size", human_size(image.size_bytes)},
                                                    {"Created", "created", epoch_of(image.created)},
                                                    {"CreatedAtRaw", "createdatraw", image.created},
                                                    {"ReadOnly", "readonly", false},
                                                    {"History", "history", TemplateValue::nil_list()}});
}

std::vector<ListedImage> rows_of(const std::vector<ImageRecord>& images) {
    std::vector<ListedImage> rows;
    for (const ImageRecord& image : images) {
        for (const std::string& name : image.names) rows.push_back({&image, name});
        if (image.names.empty()) rows.push_back({&image, ""});
    }
    return rows;
}

/// A manifest list as a row shows it: beside the images that are its members.
ImageRecord record_of(layers::Store& store, ManifestList& list) {
    const layers::oci::Descriptor index = list.descriptor();
    constexpr const char* no_config = R"({"architecture":"","os":"","rootfs":{"type":"layers","diff_ids":[]}})";
    ImageRecord record{list.id(),
                       no_config,
                       "",
                       index.digest(),
                       index.media_type,
                       "1970-01-01T00:00:00Z",
                       static_cast<std::int64_t>(index.size),
                       0,
                       {list.name()}};
    if (!list.created().empty()) {
        record.created = list.created();
        return record;
    }
    for (const layers::oci::Descriptor& member : list.index().manifests)
        if (const auto id = list.image_of(member))
            if (const auto image = store.images().find(*id)) record.created = std::max(record.created, image->created);
    return record;
}

bool is_younger(const ImageRecord& left, const ImageRecord& right) {
    const auto one = runtime::parse_rfc3339(left.created);
    const auto other = runtime::parse_rfc3339(right.created);
    if (!one || !other) return one.has_value() && !other.has_value();
    return std::pair(one->tv_sec, one->tv_nsec) > std::pair(other->tv_sec, other->tv_nsec);
}

/// The youngest first, by what they say of themselves, and of one age the first that came. Lists have the time at which
/// they were made.
std::vector<ImageRecord> all_images(layers::Store& store) {
    std::vector<ImageRecord> all = store.images().list();
    std::reverse(all.begin(), all.end());
    for (const std::string& name : store.manifest_lists().list())
        if (auto list = ManifestList::find(store, name)) all.push_back(record_of(store, *list));
    std::stable_sort(all.begin(), all.end(), is_younger);
    return all;
}

/// Adds what additional stores have, and marks what came from there under its name.
void add_read_only(const std::vector<ImageRecord>& others, std::vector<ListedImage>& rows) {
    for (const ListedImage& other : rows_of(others)) {
        const auto same = std::find_if(rows.begin(), rows.end(), [&](const ListedImage& row) {
            return row.image->id == other.image->id && row.name == other.name;
        });
        if (same == rows.end())
            rows.push_back({other.image, other.name, true});
        else
            same->is_read_only = true;
    }
}

ImageRecord image_named(layers::Store& store, const std::string& text) {
    auto list = ManifestList::find(store, text);
    return list ? record_of(store, *list) : require_local_image(store, text);
}

void print_table(const std::vector<ListedImage>& rows, const ImagesOptions& options) {
    std::vector<std::vector<std::string>> table;
    if (!options.no_heading) {
        table.push_back({"REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE"});
        if (options.digests) table.back().insert(table.back().begin() + 2, "DIGEST");
        if (options.history) table.back().push_back("HISTORY");
    }
    for (const ListedImage& row : rows) {
        const ImageRecord& image = *row.image;
        const NameParts name = split_name(row.name);
        table.push_back({name.repository, name.tag, shown_id(image, options), human_age(image.created),
                         human_size(image.size_bytes)});
        if (options.digests) table.back().insert(table.back().begin() + 2, image.manifest_digest.text());
        if (options.history) table.back().push_back(history_of(row));
    }
    std::cout << format_table(table);
}

/// Each image once, in the order of the rows.
std::vector<const ImageRecord*> images_of(const std::vector<ListedImage>& rows) {
    std::vector<const ImageRecord*> images;
    for (const ListedImage& row : rows)
        if (images.empty() || images.back() != row.image) images.push_back(row.image);
    return images;
}

void print_json(const std::vector<ListedImage>& rows, const ImagesOptions& options) {
    std::vector<TemplateValue> items;
    for (const ImageRecord* const image : images_of(rows)) items.push_back(describe_image_row(*image, options));
    std::cout << TemplateValue::list(std::move(items)).json(4) << "\n";
}

void print_formatted(const std::vector<ListedImage>& rows, const ImagesOptions& options) {
    std::vector<TemplateValue> items;
    for (const ListedImage& row : rows) items.push_back(describe_row(row, options));
    std::cout << format_rows(*options.format, items,
                             {{"ID", "IMAGE ID"},
                              {"Name", "REPOSITORY"},
                              {"CreatedAt", "CREATED"},
                              {"CreatedAtRaw", "CREATED"},
                              {"ReadOnly", "R/O"}});
}

/// All have to fit, but of several references one is enough.
std::vector<ImageFilter> filters_of(layers::Store& store, const ImagesOptions& options) {
    std::vector<ImageFilter> filters, references;
    for (const std::string& text : options.filters) {
        if (text.starts_with("intermediate=") && !options.all && text != "intermediate=false")
            throw runtime::Error(
                "specifying \"intermediate\" filter more than once with different values is not supported")
                .with_hint("--all shows those of steps, too");
        (text.starts_with("reference=") ? references : filters).push_back(parse_image_filter(store, text));
    }
    if (!references.empty())
        filters.push_back([references](const ListedImage& row) {
            return std::any_of(references.begin(), references.end(), [&](const ImageFilter& one) { return one(row); });
        });
    return filters;
}

int list_images(Context& context, const Words& words, const ImagesOptions& options) {
    if (options.quiet && options.format) throw runtime::Error("quiet and format are mutually exclusive");
    if (options.all && !words.empty())
        throw runtime::Error("when using the --all switch, you may not pass any images names or IDs");
    layers::Store& store = context.store();
    const std::vector<ImageRecord> images =
        words.empty() ? all_images(store) : std::vector{image_named(store, words.front())};
    const std::vector<ImageRecord> others =
        words.empty() ? images_of_additional_stores(store) : std::vector<ImageRecord>{};
    std::vector<ListedImage> rows = rows_of(images);
    add_read_only(others, rows);
    const ImageFamily family(images);
    std::erase_if(rows, [&](const ListedImage& row) { return !options.all && family.is_intermediate(*row.image); });
    for (const ImageFilter& filter : filters_of(store, options))
        std::erase_if(rows, [&](const ListedImage& row) { return !filter(row); });
    if (options.json || options.format == "json")
        print_json(rows, options);
    else if (options.format && !options.format->empty())
        print_formatted(rows, options);
    else if (options.quiet)
        for (const ImageRecord* const image : images_of(rows)) std::cout << shown_id(*image, options) << "\n";
    else
        print_table(rows, options);
    return 0;
}

}  // namespace

Command images_command() {
    auto options = std::make_shared<ImagesOptions>();
    Command command;
    command.name = "images";
    command.group = "Images";
    command.summary = "list images in local storage";
    command.usage = "[flags] [IMAGE]";
    command.flags = {
        flag("all", 'a', "include intermediate images", options->all),
        flag("quiet", 'q', "print only the IDs", options->quiet),
        flag("json", 0, "print JSON", options->json),
        flag("no-trunc", 0, "do not truncate IDs", options->no_truncation),
        flag("noheading", 'n', "omit the heading", options->no_heading),
        flag("digests", 0, "show manifest digests", options->digests),
        flag("history", 0, "show the history of each image's names", options->history),
        flag("filter", 'f', "KEY=VALUE", "filter by reference=, label=, before=, since=, dangling= …",
             options->filters),
        flag("format", 0, "TEMPLATE", "json, or a Go template for each row: {{.ID}} {{.Name}}", options->format)};
    command.flags[3].aliases = {"notruncate"};
    command.most_words = 1;
    command.run = [options](Context& context, const Words& words) { return list_images(context, words, *options); };
    return command;
}

}  // namespace builder
