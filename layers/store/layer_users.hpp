// Who else stands on layers of the store: programs that it is published to.
#pragma once

#include <set>
#include <string>

namespace layers {

/// What Garbage asks before it takes layers away. Folders are named as below layers/.
class LayerUsers {
public:
    virtual ~LayerUsers() = default;
    /// The folders that they use now: a plan gives no room by them. Throws Error.
    virtual std::set<std::string> used_folders() = 0;
    /// Takes from them what no image of the store has, unless they use it, and gives the folders that they can still
    /// reach: those stay. Asked while nobody else has the store. Throws Error.
    virtual std::set<std::string> withdraw() = 0;
};

}  // namespace layers
