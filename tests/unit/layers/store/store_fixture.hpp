// What the tests of the store's parts share: a store in a folder of its own, and another program's look at its
// database.
#pragma once

#include <gmock/gmock.h>
#include <sqlite3.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include "layers/store/store.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/temp_folder.hpp"

namespace layers {

inline Digest digest(int number) {
    return Digest::of(std::to_string(number));
}

inline bool exists(const std::string& path) {
    return ::access(path.c_str(), F_OK) == 0;
}

/// Runs statements in a database as another program would; gives the first column of the last row.
inline std::string run_sql(const std::string& database, const std::string& sql) {
    sqlite3* opened = nullptr;
    const int result = sqlite3_open(database.c_str(), &opened);
    const std::unique_ptr<sqlite3, int (*)(sqlite3*)> connection(opened, &sqlite3_close);
    if (result != SQLITE_OK) throw runtime::Error("cannot open {}", database);
    std::string value;
    const auto take = [](void* into, int, char** columns, char**) {
        *static_cast<std::string*>(into) = columns[0] == nullptr ? "" : columns[0];
        return 0;
    };
    if (sqlite3_exec(opened, sql.c_str(), take, &value, nullptr) != SQLITE_OK)
        throw runtime::Error("{}: {}", sql, sqlite3_errmsg(opened));
    return value;
}

class StoreTest : public testing::Test {
protected:
    StoreLocation location() const { return {folder_.path("root"), folder_.path("run")}; }
    std::string sql(const std::string& text) const { return run_sql(location().root + "/store.db", text); }

    /// A staged layer with one file.
    static std::string adopt(Store& store, const std::string& content) {
        StagedLayer staged = store.staging().new_layer();
        runtime::write_all(runtime::open_path(staged.diff_path() + "/file", O_WRONLY | O_CREAT, 0644), content, "file");
        staged.finish();
        return store.layers().adopt(staged);
    }
    /// A layer with one file, recorded under a made-up diff ID.
    static LayerRecord add_layer(Store& store, int number) {
        return store.layers().record({adopt(store, std::to_string(number)), digest(number), 1024});
    }
    static NewImage image_of(const LayerRecord& layer, std::vector<std::string> names) {
        return {R"({"n":")" + layer.diff_id.text() + "\"}",
                "{}",
                "type",
                "2026-01-01T00:00:00Z",
                {layer},
                std::move(names)};
    }
    static NewContainer container_named(const std::string& name, bool may_be_numbered = true) {
        return {name, may_be_numbered, std::nullopt, "", "{}"};
    }
    static std::string staged_file(Store& store, const std::string& content) {
        std::string path = store.staging().new_path();
        runtime::write_all(runtime::open_path(path, O_WRONLY | O_CREAT, 0600), content, "file");
        return path;
    }
    static BlobRecord blob_of(const std::string& content) {
        return {Digest::of(content), static_cast<std::int64_t>(content.size()), std::nullopt};
    }
    runtime::TempFolder folder_;
};

}  // namespace layers
