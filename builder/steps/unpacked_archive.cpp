#include "builder/steps/unpacked_archive.hpp"

#include <sys/stat.h>

#include "builder/sources/archive_source.hpp"

namespace builder {
namespace {

void mark_implied(SourceNode& folder, const std::string& path, const std::set<std::string>& implied) {
    for (SourceNode& child : folder.children) {
        if (!child.is_folder()) continue;
        const std::string child_path = path.empty() ? child.name : path + "/" + child.name;
        child.is_implied = implied.contains(child_path);
        mark_implied(child, child_path, implied);
    }
}

void copy_metadata(SourceNode& folder, const layers::TarEntry& entry) {
    folder.mode = S_IFDIR | (entry.mode & 07777);
    folder.uid = static_cast<uid_t>(entry.uid);
    folder.gid = static_cast<gid_t>(entry.gid);
    folder.modified = entry.mtime;
}

}  // namespace

UnpackedArchive::UnpackedArchive(layers::Store& store, runtime::Fd archive, const std::string& name)
    : folder_(store.staging().new_layer()),
      unpacked_(extract_archive(std::move(archive), folder_.diff(), name)),
      source_({folder_.diff_path()}, true, "the archive") {}

void UnpackedArchive::copy_to(overlay::UpperFolder& upper, CopyOptions options, const std::string& destination,
                              CopyWriter& whole) const {
    const bool is_new = !upper.view().find(destination);
    whole.make_folder(destination);
    CopyPart content;
    content.source = &source_;
    content.place = source_.view().resolve("");
    content.tree = source_.look(content.place, nullptr);
    mark_implied(content.tree, "", unpacked_.implied_folders);
    options.replaces_other_types = true;
    options.hides_time_of_copy = false;
    CopyWriter writer(upper, options);
    const std::string folder = destination == "/" ? "/" : destination + "/";
    if (is_new && unpacked_.root) {
        copy_metadata(content.tree, *unpacked_.root);
        writer.copy_itself(content, folder);
    } else {
        writer.copy(content, folder);
    }
    writer.finish();
    whole.keep_metadata_of(writer);
}

}  // namespace builder
