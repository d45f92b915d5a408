// Packing by several threads with the same result as by one: the content is cut into chunks of a fixed size, each is
// packed for itself, and the results are put out in order.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "runtime/base/stream.hpp"

namespace layers {

/// Bytes in a place that grows without being filled with zeros first.
class PackedBytes {
public:
    /// Makes room for so many bytes in all; what is there is kept.
    void reserve(std::size_t bytes);
    std::span<std::byte> room() const noexcept { return {bytes_.get() + used_, capacity_ - used_}; }
    void set_used(std::size_t bytes) noexcept { used_ = bytes; }
    std::size_t used() const noexcept { return used_; }
    runtime::Bytes content() const noexcept { return {bytes_.get(), used_}; }

private:
    std::unique_ptr<std::byte[]> bytes_;
    std::size_t capacity_ = 0;
    std::size_t used_ = 0;
};

/// Packs chunks one after the other, each as if it were the only one. Used by one thread at a time.
class ChunkPacker {
public:
    virtual ~ChunkPacker() = default;
    /// `packed` is empty at first.
    virtual void pack(runtime::Bytes content, PackedBytes& packed) = 0;
};

struct ChunkScheme {
    std::size_t chunk_bytes;
    /// Bounds the memory: as many chunks with their results are held at most.
    std::size_t most_in_flight;
    std::function<std::unique_ptr<ChunkPacker>()> make_packer;
};

class ChunkedPacking {
public:
    /// With one thread the caller packs by itself. The sink is used by the caller only and outlives the packing.
    ChunkedPacking(ChunkScheme scheme, runtime::Sink& out, unsigned threads);
    ~ChunkedPacking();

    void write(runtime::Bytes content);
    /// Packs and puts out what is left. Returns how many chunks there were in all.
    std::uint64_t finish();

private:
    struct Chunk;

    void submit();
    void write_first();
    bool is_full();
    bool is_first_done();
    Chunk* take_waiting_locked();
    void pack(Chunk& chunk, ChunkPacker& packer);
    void work();
    std::unique_ptr<Chunk> take_spare();

    const ChunkScheme scheme_;
    runtime::Sink& out_;
    const std::size_t worker_count_;
    const std::size_t most_in_flight_;
    std::unique_ptr<ChunkPacker> own_packer_;
    std::vector<std::byte> content_;
    std::uint64_t chunk_count_ = 0;
    std::vector<std::unique_ptr<Chunk>> spare_;

    std::mutex mutex_;
    std::condition_variable work_there_;
    std::condition_variable chunk_done_;
    std::deque<std::unique_ptr<Chunk>> chunks_;  ///< in the order of the content; changed by the caller only
    bool is_stopping_ = false;
    std::vector<std::jthread> workers_;  ///< the last member: joined before anything that they use is gone
};

}  // namespace layers
