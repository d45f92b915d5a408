// The small files of a published store.
#pragma once

#include <string>
#include <string_view>

namespace registry {

/// Names the running kernel.
std::string boot_id();

/// 64 hex digits, as layers and images are called.
bool is_layer_id(std::string_view text) noexcept;

/// -1 where there is none.
long long file_size(const std::string& path) noexcept;

/// Makes a symbolic link, or makes it lead there; it always leads somewhere. Throws SystemError.
void make_link(const std::string& target, const std::string& path);
/// Empty where there is none.
std::string link_target(const std::string& path);

/// Writes a file that never changes, unless it is there with that size. Others see it whole. Not flushed. Throws Error.
void write_if_new(const std::string& path, std::string_view text);

/// Replaces a table where its text is another one, flushed, and tells readers by the lock's content. They look at that
/// first, so it is written last.
void replace_table(const std::string& path, std::string_view text, const std::string& lock_path);

}  // namespace registry
