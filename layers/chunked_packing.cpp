#include "layers/chunked_packing.hpp"

#include <algorithm>
#include <utility>

namespace layers {

void PackedBytes::reserve(std::size_t bytes) {
    if (bytes <= capacity_) return;
    auto larger = std::make_unique_for_overwrite<std::byte[]>(bytes);
    std::copy_n(bytes_.get(), used_, larger.get());
    bytes_ = std::move(larger);
    capacity_ = bytes;
}

struct ChunkedPacking::Chunk {
    enum class State { waiting, running, done };

    std::vector<std::byte> content;
    PackedBytes packed;
    State state = State::waiting;
    std::exception_ptr error;
};

ChunkedPacking::ChunkedPacking(ChunkScheme scheme, runtime::Sink& out, unsigned threads)
    : scheme_(std::move(scheme)),
      out_(out),
      // The caller packs too whenever it would have to wait.
      worker_count_(std::clamp<std::size_t>(threads, 1, scheme_.most_in_flight) - 1),
      most_in_flight_(std::min(2 * worker_count_ + 1, scheme_.most_in_flight)) {}

ChunkedPacking::~ChunkedPacking() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
    }
    work_there_.notify_all();
}

void ChunkedPacking::write(runtime::Bytes content) {
    while (!content.empty()) {
        if (content_.size() == scheme_.chunk_bytes) submit();
        const std::size_t count = std::min(content.size(), scheme_.chunk_bytes - content_.size());
        content_.insert(content_.end(), content.begin(), content.begin() + static_cast<std::ptrdiff_t>(count));
        content = content.subspan(count);
    }
}

std::uint64_t ChunkedPacking::finish() {
    if (!content_.empty()) submit();
    while (!chunks_.empty()) write_first();
    return chunk_count_;
}

/// Hands the chunk over. Threads are started for the second one only: most layers of a build are small.
void ChunkedPacking::submit() {
    auto chunk = take_spare();
    chunk->content.swap(content_);
    content_.clear();
    {
        const std::lock_guard lock(mutex_);
        chunks_.push_back(std::move(chunk));
    }
    if (++chunk_count_ > 1 && workers_.size() < worker_count_) workers_.emplace_back([this] { work(); });
    work_there_.notify_one();
    while (is_full() || is_first_done()) write_first();
}

bool ChunkedPacking::is_full() {
    const std::lock_guard lock(mutex_);
    return chunks_.size() >= most_in_flight_;
}

bool ChunkedPacking::is_first_done() {
    const std::lock_guard lock(mutex_);
    return !chunks_.empty() && chunks_.front()->state == Chunk::State::done;
}

/// Puts out the first chunk's result; until it is there, packs whatever waits.
void ChunkedPacking::write_first() {
    std::unique_lock lock(mutex_);
    while (chunks_.front()->state != Chunk::State::done) {
        if (Chunk* const chunk = take_waiting_locked()) {
            lock.unlock();
            if (!own_packer_) own_packer_ = scheme_.make_packer();
            pack(*chunk, *own_packer_);
            lock.lock();
        } else {
            chunk_done_.wait(lock);
        }
    }
    std::unique_ptr<Chunk> chunk = std::move(chunks_.front());
    chunks_.pop_front();
    lock.unlock();
    if (chunk->error) std::rethrow_exception(chunk->error);
    out_.write(chunk->packed.content());
    spare_.push_back(std::move(chunk));
}

ChunkedPacking::Chunk* ChunkedPacking::take_waiting_locked() {
    for (const auto& chunk : chunks_) {
        if (chunk->state != Chunk::State::waiting) continue;
        chunk->state = Chunk::State::running;
        return chunk.get();
    }
    return nullptr;
}

void ChunkedPacking::pack(Chunk& chunk, ChunkPacker& packer) {
    try {
        packer.pack(chunk.content, chunk.packed);
    } catch (...) {
        chunk.error = std::current_exception();
    }
    const std::lock_guard lock(mutex_);
    chunk.state = Chunk::State::done;
    chunk_done_.notify_one();
}

void ChunkedPacking::work() {
    const auto packer = scheme_.make_packer();
    std::unique_lock lock(mutex_);
    for (;;) {
        Chunk* chunk = nullptr;
        work_there_.wait(lock, [&] { return is_stopping_ || (chunk = take_waiting_locked()) != nullptr; });
        if (chunk == nullptr) return;
        lock.unlock();
        pack(*chunk, *packer);
        lock.lock();
    }
}

std::unique_ptr<ChunkedPacking::Chunk> ChunkedPacking::take_spare() {
    if (spare_.empty()) return std::make_unique<Chunk>();
    auto chunk = std::move(spare_.back());
    spare_.pop_back();
    chunk->packed.set_used(0);
    chunk->state = Chunk::State::waiting;
    return chunk;
}

}  // namespace layers
