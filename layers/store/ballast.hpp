// Room that a store keeps for the day on which the disk is full: removing things takes some, too.
#pragma once

#include <string>

namespace layers {

class Ballast {
public:
    static constexpr unsigned long long most_bytes = 16ULL << 20;

    /// The file that takes the room: so many bytes, or a sixteenth of what is free where that is less. It is made where
    /// it is missing; where that fails, there is none.
    explicit Ballast(std::string path);
    /// Makes it again where it is missing, as there may be room now.
    void fill() const noexcept;
    /// Gives the room back to the disk. Whether there was any.
    bool drop() const noexcept;

private:
    std::string path_;
};

}  // namespace layers
