// Watches a tar stream on its way to libarchive, and refuses what readers of tar understand in different ways: a layer
// that other tools unpack to other files than this one has been used to hide content. It bounds what headers may cost
// too.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "runtime/base/stream.hpp"

namespace layers {

/// More pieces of a sparse file are refused: each takes memory before the first byte is written.
inline constexpr std::uint64_t most_sparse_pieces = 1'000'000;
/// The largest extended header (PAX, GNU's long names).
inline constexpr std::uint64_t extended_header_limit_bytes = 1U << 20;

class TarGuard {
public:
    /// The stream's next bytes. Throws Error where an entry is refused, naming it.
    void feed(runtime::Bytes bytes);

private:
    enum class Part { header, extension, content, padding, sparse_extension, end };

    void take_block();
    void take_header();
    void take_extended(char type, std::uint64_t size);
    void begin_sparse(std::uint64_t size);
    void take_sparse_extension();
    void take_sparse_map(std::size_t offset, std::uint64_t pieces);
    void check_sparse_map() const;
    void begin_content(std::uint64_t size);
    void note_content(runtime::Bytes bytes);
    void read_records(bool is_global);
    void note_record(bool is_global, const std::string& name, const std::string& value);
    void end_entry();

    Part part_ = Part::header;
    std::array<char, 512> block_{};
    std::size_t block_used_ = 0;
    std::uint64_t rest_ = 0;     ///< of the content, or of an extended header
    std::uint64_t padding_ = 0;  ///< behind it, up to the next block
    bool saw_zeros_ = false;

    // What stands before the entry itself.
    char extension_type_ = 0;
    std::string extension_;
    bool has_records_ = false;
    bool has_long_name_ = false;
    bool has_long_link_ = false;
    std::string name_;
    bool has_size_ = false;
    std::uint64_t size_ = 0;
    bool has_map_in_content_ = false;

    bool counts_pieces_ = false;  ///< the content begins with the number of a sparse file's pieces
    std::uint64_t pieces_ = 0;

    // Of a sparse file in GNU's older form.
    std::uint64_t real_size_ = 0;
    std::uint64_t map_end_ = 0;    ///< where the last piece ends
    std::uint64_t map_bytes_ = 0;  ///< of all pieces
    bool map_is_done_ = false;     ///< a place for a piece was empty
};

}  // namespace layers
