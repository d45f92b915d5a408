// Files of a source that may change after they were scanned: what is taken of them is what the cache key speaks of.
#pragma once

#include "builder/sources/source_tree.hpp"
#include "runtime/base/error.hpp"

namespace builder {

/// What is thrown where a file is no longer the one that was scanned.
runtime::Error changed_meanwhile(const SourceNode& node);

/// Opens a file of a folder by its scanned name.
runtime::Fd open_scanned(const runtime::Fd& folder, const SourceNode& node);

/// Whether it is the one that was scanned, as far as inode, size and mtime tell.
bool looks_as_scanned(const SourceNode& node, const runtime::Fd& source);

/// Whether nobody has changed it since the scan. Size and mtime can be put back, ctime cannot. Never of a file whose
/// times may not tell: one that was changed just before the scan, or that others could write to.
bool is_as_scanned(const SourceNode& node, const runtime::Fd& source);

/// Whether a copy is what was digested: by the source's times, or by reading the copy.
bool is_copy_of_scanned(const SourceNode& node, const runtime::Fd& source, const runtime::Fd& copy,
                        const runtime::Xattrs& xattrs);

}  // namespace builder
