// Plain data to bytes and back, between processes of the same program. No versions: both ends are one binary.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "runtime/base/error.hpp"

namespace runtime {

/// Writes values one after another. A type with `template <class Visitor> void visit(Visitor&)` packs its fields in
/// turn.
class PackWriter {
public:
    template <typename... Values>
    void operator()(Values&... values) {
        (put(values), ...);
    }
    const std::string& bytes() const noexcept { return bytes_; }

private:
    template <typename Value>
    void put(Value& value) {
        if constexpr (std::is_arithmetic_v<Value> || std::is_enum_v<Value>)
            bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
        else
            value.visit(*this);
    }
    void put(std::string& value) {
        std::uint64_t size = value.size();
        put(size);
        bytes_ += value;
    }
    template <typename Value>
    void put(std::vector<Value>& values) {
        std::uint64_t size = values.size();
        put(size);
        for (auto& value : values) put(value);
    }
    template <typename Value>
    void put(std::optional<Value>& value) {
        bool present = value.has_value();
        put(present);
        if (present) put(*value);
    }
    std::string bytes_;
};

/// Reads what a PackWriter wrote. Throws Error where the bytes end too early.
class PackReader {
public:
    explicit PackReader(std::string_view bytes) noexcept : rest_(bytes) {}
    template <typename... Values>
    void operator()(Values&... values) {
        (get(values), ...);
    }

private:
    std::string_view take(std::uint64_t size) {
        if (size > rest_.size()) throw Error("a message between two processes of the program is cut off");
        const std::string_view taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }
    template <typename Value>
    void get(Value& value) {
        if constexpr (std::is_arithmetic_v<Value> || std::is_enum_v<Value>)
            std::memcpy(&value, take(sizeof value).data(), sizeof value);
        else
            value.visit(*this);
    }
    void get(std::string& value) {
        std::uint64_t size = 0;
        get(size);
        value = take(size);
    }
    template <typename Value>
    void get(std::vector<Value>& values) {
        std::uint64_t size = 0;
        get(size);
        values.clear();
        for (; size > 0; --size) get(values.emplace_back());
    }
    template <typename Value>
    void get(std::optional<Value>& value) {
        bool present = false;
        get(present);
        value.reset();
        if (present) get(value.emplace());
    }
    std::string_view rest_;
};

}  // namespace runtime
