#include "layers/store/store.hpp"

#include "layers/store/store_folders.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/selinux.hpp"

namespace layers {
namespace {

/// The folders of a store, made where they are missing, and the lock that says that it is in use.
runtime::FileLock lock_store(const StoreLocation& location) {
    try {
        prepare_store_folders(location);
        runtime::FileLock lock(location.root + "/lock");
        lock.lock(runtime::FileLock::Kind::shared);
        return lock;
    } catch (runtime::Error& error) {
        error.add_context("cannot use the store {}", runtime::quoted(location.root));
        error.with_hint("name a folder that you can write with --root, or run as root");
        throw;
    }
}

void label_folders(const StoreLocation& location) {
    if (!runtime::has_selinux()) return;
    for (const std::string& folder : {location.layers(), location.staging()}) {
        runtime::make_folders(folder, 0700);
        runtime::label_for_reading(folder);
    }
}

}  // namespace

Store::Store(StoreLocation location, StoreFormat format)
    : location_(std::move(location)),
      lock_(lock_store(location_)),
      ballast_(location_.root + "/ballast"),
      database_(Database::open(location_.root + "/store.db")),
      staging_(location_.staging()),
      driver_(location_, staging_),
      transactions_(database_, ballast_),
      locks_(location_.root),
      blobs_(database_, transactions_, location_.root),
      layers_(database_, transactions_, blobs_, location_.layers()),
      images_(database_, transactions_, location_.root),
      manifest_lists_(database_, transactions_),
      containers_(database_, transactions_, layers_, ballast_, location_.layers()),
      step_records_(database_, transactions_, location_.layers()),
      searched_layers_(database_),
      file_memory_(database_),
      downloads_(database_, transactions_),
      registry_notes_(database_, transactions_),
      garbage_(database_, transactions_, location_, lock_, ballast_, staging_),
      inspection_(database_, transactions_, location_, lock_) {
    StagingArea::sweep(location_.staging());
    {
        const auto database = database_.lock();
        settle_format(*database, format, location_.root);
    }
    work_in_format(format);
    layers_.forget_unflushed();
    label_folders(location_);
}

Store::Summary Store::summary() {
    const auto database = database_.lock();
    Query row = database->query(
        "SELECT (SELECT count(*) FROM images), (SELECT count(*) FROM layers), (SELECT coalesce(sum(tar_bytes), 0) FROM "
        "layers), "
        "(SELECT count(*) FROM cache), (SELECT count(*) FROM blobs), (SELECT coalesce(sum(size_bytes), 0) FROM blobs)");
    row.next();
    return {row.integer(0), row.integer(1), row.integer(2), row.integer(3), row.integer(4), row.integer(5)};
}

}  // namespace layers
