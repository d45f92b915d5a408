#include "layers/store/migrations.hpp"

#include "layers/store/database.hpp"
#include "tests/unit/layers/store/store_fixture.hpp"

namespace layers {
namespace {

using testing::HasSubstr;

constexpr const char* whole_schema = "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_master ORDER BY name)";

class MigrationsTest : public testing::Test {
protected:
    /// A database as the version of builder with this format left it.
    std::string database_of_format(std::size_t format) const {
        std::string path = folder_.path("format-" + std::to_string(format) + ".db");
        for (const Migration& migration : migrations().first(format)) run_sql(path, migration.script);
        run_sql(path, "PRAGMA user_version = " + std::to_string(format));
        return path;
    }
    runtime::TempFolder folder_;
};

TEST_F(MigrationsTest, AreNumberedFromOneOn) {
    ASSERT_FALSE(migrations().empty());
    for (std::size_t i = 0; i < migrations().size(); ++i)
        EXPECT_EQ(std::string(migrations()[i].name).substr(0, 5), fmt::format("{:04}_", i + 1));
}

TEST_F(MigrationsTest, EveryFormatIsBroughtUpToDate) {
    const std::string fresh = folder_.path("fresh.db");
    Database::open(fresh);
    const std::string schema = run_sql(fresh, whole_schema);
    ASSERT_THAT(schema, HasSubstr("CREATE TABLE images"));
    for (std::size_t format = 0; format <= migrations().size(); ++format) {
        const std::string path = database_of_format(format);
        Database::open(path);
        EXPECT_EQ(run_sql(path, "PRAGMA user_version"), std::to_string(migrations().size())) << format;
        EXPECT_EQ(run_sql(path, whole_schema), schema) << format;
    }
}

TEST_F(MigrationsTest, RowsOfTheFirstFormatAreKept) {
    const std::string path = database_of_format(1);
    run_sql(path, R"(
        INSERT INTO layers (id, diff_id, folder, tar_bytes) VALUES (1, 'sha256:d', 'folder', 10);
        INSERT INTO images VALUES ('sha256:i', x'', x'', 'sha256:m', 'type', 'then', 10, 5);
        INSERT INTO image_layers VALUES ('sha256:i', 0, 1);
        INSERT INTO names VALUES ('localhost/a:latest', 'sha256:i', 6))");
    Database::open(path);
    EXPECT_EQ(run_sql(path, "SELECT added_at FROM images JOIN image_layers ON image_id = id WHERE layer_id = 1"),
              "5000000000");
    EXPECT_EQ(run_sql(path, "SELECT added_at FROM names WHERE image_id = 'sha256:i'"), "6000000000");
    EXPECT_EQ(run_sql(path, "SELECT folder FROM layers WHERE diff_id = 'sha256:d'"), "folder");
}

TEST_F(MigrationsTest, ANewerFormatIsRefusedAndLeftAsItIs) {
    const std::size_t newer = migrations().size() + 1;
    const std::string path = database_of_format(migrations().size());
    run_sql(path, "PRAGMA user_version = " + std::to_string(newer));
    try {
        Database::open(path);
        FAIL() << "it was opened";
    } catch (const runtime::Error& error) {
        EXPECT_THAT(error.full_message(), HasSubstr("newer version of builder"));
        EXPECT_THAT(error.full_message(), HasSubstr(fmt::format("format {}", newer)));
    }
    EXPECT_EQ(run_sql(path, "PRAGMA user_version"), std::to_string(newer));
}

}  // namespace
}  // namespace layers
