// The root of a container where overlayfs cannot stack it: a copy of the layers, and what was changed in it.
#pragma once

#include <string>
#include <vector>

#include "layers/store/store.hpp"
#include "overlay/copied_tree.hpp"
#include "runtime/container/container_spec.hpp"
#include "runtime/sys/folders_in_root.hpp"

namespace builder {

/// A folder with the copy (`root`) and the moment from which on changes count (`moment`).
class CopiedRoot {
public:
    /// `folders` are what it is or will be a copy of, topmost first. Nothing is read yet.
    CopiedRoot(std::string place, const std::vector<std::string>& folders);

    std::string root() const { return place_ + "/root"; }
    /// Whether a complete copy stands there.
    static bool exists(const std::string& place);
    /// Removes it. Whoever is killed meanwhile leaves what exists() says is no copy: missing files of one would be
    /// taken for deleted ones.
    static void remove(const std::string& place);

    /// Makes the copy.
    void fill() const;
    /// Makes one of a copy that lacks the layers `later`, topmost first.
    void bring_up_to_date(const std::vector<std::string>& later) const;
    /// Puts what was changed into an empty folder, as overlayfs would have left it.
    void collect(const std::string& upper, overlay::CopiedFiles files) const;
    /// Puts what was changed into a folder that has changes to `below` already. With `kept` the copy lives on, and what
    /// is changed from now on counts anew. `made` are mount points to leave out.
    void merge_into(const std::string& upper, const overlay::LayeredView& below, layers::Store& store,
                    overlay::CopiedFiles files, const std::vector<runtime::MadePath>& made = {}) const;

private:
    std::string marker() const { return place_ + "/moment"; }
    std::string place_;
    overlay::LayeredView view_;
};

/// Which files in /etc are mounted into steps.
struct EtcStubs {
    bool hosts = true;
    bool hostname = true;
    bool resolver = true;
};

/// The folder below all layers that has the usual mount points, so that they need not be made in a layer; see decision
/// 0002. Made where it is missing.
std::string make_stub_folder(const layers::Store& store, const EtcStubs& etc = {});

/// Makes a copy, in a staged folder, of layers that are mounted into a container, in place of stacking them.
void copy_layers(runtime::RootSpec& layers, const layers::StagedLayer& staged);

}  // namespace builder
