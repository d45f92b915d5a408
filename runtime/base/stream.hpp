// Bytes flow through small stacked sources and sinks, in bounded memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace runtime {

using Bytes = std::span<const std::byte>;

/// Where bytes come from.
class Source {
public:
    virtual ~Source() = default;
    /// Fills the front of buffer and returns how many bytes; 0 means the end, and only that. Throws Error.
    virtual std::size_t read(std::span<std::byte> buffer) = 0;
};

/// Where bytes go to.
class Sink {
public:
    virtual ~Sink() = default;
    /// Takes all of the bytes or throws Error.
    virtual void write(Bytes bytes) = 0;
    void write(std::string_view text) { write(std::as_bytes(std::span(text.data(), text.size()))); }
};

/// A source over bytes that somebody else keeps.
class MemorySource final : public Source {
public:
    explicit MemorySource(Bytes bytes) noexcept : rest_(bytes) {}
    explicit MemorySource(std::string_view text) noexcept : rest_(std::as_bytes(std::span(text.data(), text.size()))) {}
    std::size_t read(std::span<std::byte> buffer) override;

private:
    Bytes rest_;
};

/// A sink that keeps everything in a string.
class StringSink final : public Sink {
public:
    using Sink::write;
    void write(Bytes bytes) override;
    const std::string& text() const noexcept { return text_; }
    std::string take() noexcept { return std::move(text_); }

private:
    std::string text_;
};

/// A sink that calls a function.
class FunctionSink final : public Sink {
public:
    using Sink::write;
    explicit FunctionSink(std::function<void(Bytes)> function) : function_(std::move(function)) {}
    void write(Bytes bytes) override { function_(bytes); }

private:
    std::function<void(Bytes)> function_;
};

/// A sink that writes to two others; both outlive it.
class TeeSink final : public Sink {
public:
    using Sink::write;
    TeeSink(Sink& first, Sink& second) noexcept : first_(first), second_(second) {}
    void write(Bytes bytes) override {
        first_.write(bytes);
        second_.write(bytes);
    }

private:
    Sink& first_;
    Sink& second_;
};

/// Moves everything that is left in source to sink and returns the number of bytes.
std::uint64_t copy_all(Source& source, Sink& sink);

/// Everything that is left in source; throws Error when it is more than limit_bytes. `what` names it in the message.
std::string read_all(Source& source, std::size_t limit_bytes, std::string_view what);

}  // namespace runtime
