// What commands share: global options, the store and the runner, each made when first needed.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "builder/cli/command.hpp"
#include "layers/store/store.hpp"
#include "runtime/container/runner/runner.hpp"

namespace builder {

class Publication;

struct GlobalOptions {
    std::string root;  ///< empty: the default for this user
    std::string runroot;
    std::string storage_driver;  ///< empty: overlay where it works
    std::string log_level = "warn";
    std::string registries_conf;         ///< empty: the usual file
    std::string registries_conf_folder;  ///< of drop-in files
    std::string short_name_aliases;      ///< a file
    std::vector<std::string> storage_options;
    std::vector<std::string> user_ranges;  ///< of user namespaces for steps that have no other mapping
    std::vector<std::string> group_ranges;
    std::string default_mounts_file;  ///< empty: the usual files
    std::string cgroup_manager;
    bool transient_store = false;  ///< containers go with the next boot
    bool debug = false;
    bool version = false;
    bool help = false;
};

std::vector<Flag> global_flags(GlobalOptions& options);

class Context {
public:
    explicit Context(GlobalOptions options);
    ~Context();
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;

    const GlobalOptions& options() const noexcept { return options_; }
    /// The words in front of the command's name and behind it, as they were given.
    const Words& global_words() const noexcept { return global_words_; }
    const Words& command_line() const noexcept { return command_line_; }
    void note_command_line(Words global, Words words) {
        global_words_ = std::move(global);
        command_line_ = std::move(words);
    }
    layers::StoreLocation store_location() const;
    layers::Store& store();
    /// What Podman sees of the store, be it published or not. Opens the store.
    Publication& publication();
    /// Whether the command has changed anything in the store.
    bool has_written() { return store_ && store_->transactions().has_written(); }
    /// What makes the containers; it starts with the first of them.
    const runtime::Runner& runner();

private:
    std::optional<overlay::Driver> storage_driver() const;
    layers::StoreFormat store_format() const;
    GlobalOptions options_;
    Words global_words_;
    Words command_line_;
    std::optional<runtime::Runner> runner_;
    std::optional<layers::Store> store_;
    std::unique_ptr<Publication> publication_;
};

}  // namespace builder
