#include "registry/settings/storage_conf_edit.hpp"

#include <gmock/gmock.h>

#include "runtime/base/error.hpp"

namespace registry {
namespace {

constexpr const char* store = "/b/podman";

std::string with(const std::string& text) {
    return with_additional_store(text, "storage.conf", store);
}

struct Edit {
    std::string before;
    std::string after;
};

/// Each is put in, put in once more, and taken out again.
const std::vector<Edit> edits = {
    {"", "[storage.options]\nadditionalimagestores = [\"/b/podman\"]\n"},
    {"[storage]\ndriver = \"overlay\"",
     "[storage]\ndriver = \"overlay\"\n\n[storage.options]\n"
     "additionalimagestores = [\"/b/podman\"]\n"},
    {"[storage.options]\nsize = \"\"\n[storage.options.overlay]\nmountopt = \"nodev\"\n",
     "[storage.options]\nadditionalimagestores = [\"/b/podman\"]\nsize = \"\"\n[storage.options.overlay]\nmountopt = "
     "\"nodev\"\n"},
    // As distributions write it.
    {"[storage.options]\n# where else\nadditionalimagestores = [\n]\n# end\n",
     "[storage.options]\n# where else\nadditionalimagestores = [\n  \"/b/podman\",\n]\n# end\n"},
    {"[storage.options]\nadditionalimagestores = [\n  \"/usr/a\", # ]\n  '/usr/[c'\n]\n",
     "[storage.options]\nadditionalimagestores = [\n  \"/b/podman\",\n  \"/usr/a\", # ]\n  '/usr/[c'\n]\n"},
    {"[storage.options]\nadditionalimagestores = [\"/a\"] # those\n",
     "[storage.options]\nadditionalimagestores = [\"/b/podman\", \"/a\"] # those\n"},
    // The same key of another table.
    {"[other]\nadditionalimagestores = [\"/x\"]\n[ storage.options ] # here\n",
     "[other]\nadditionalimagestores = [\"/x\"]\n[ storage.options ] # here\nadditionalimagestores = "
     "[\"/b/podman\"]\n"},
    {"# additionalimagestores = [\"/b/podman\"]\n[storage.options]\n",
     "# additionalimagestores = [\"/b/podman\"]\n[storage.options]\nadditionalimagestores = [\"/b/podman\"]\n"},
};

TEST(StorageConfEdit, PutsTheStoreInAndLeavesTheRest) {
    for (const Edit& edit : edits) {
        EXPECT_EQ(with(edit.before), edit.after);
        EXPECT_EQ(with(edit.after), edit.after);
    }
}

TEST(StorageConfEdit, TakesItOutAgain) {
    for (const Edit& edit : edits) {
        const std::string left = without_additional_store(edit.after, "storage.conf", store);
        EXPECT_THAT(left, testing::Not(testing::ContainsRegex("\n *\"/b/podman\""))) << edit.after;
        EXPECT_EQ(without_additional_store(left, "storage.conf", store), left);
        EXPECT_EQ(with(left), with(without_additional_store(with(left), "storage.conf", store)));
    }
    const Edit& with_lines = edits[4];
    EXPECT_EQ(without_additional_store(with_lines.after, "storage.conf", store), with_lines.before);
    EXPECT_EQ(
        without_additional_store("[storage.options]\nadditionalimagestores = [ '/b/podman' , \"/a\"]\n", "f", store),
        "[storage.options]\nadditionalimagestores = [ \"/a\"]\n");
}

TEST(StorageConfEdit, RefusesWhatOnlyPeopleCanEdit) {
    EXPECT_THROW(with("[storage]\noptions = { size = \"1\" }\n"), runtime::Error);
    EXPECT_THROW(with("[storage.options\n"), runtime::Error);
    EXPECT_THROW(with("[storage]\noptions.additionalimagestores = []\n"), runtime::Error);
}

TEST(StorageConfEdit, ANewFileSaysWhatHeld) {
    const StorageSettings settings{"/etc/containers/storage.conf", "", "/home/me/storage", "/run/me", {"/usr/a"}};
    const std::string text = new_storage_conf(
        settings, "[storage]\ngraphroot = \"/of/root\"\n[storage.options.overlay]\nmount_program = \"/usr/bin/f\"\n",
        store, false);
    EXPECT_THAT(text, testing::HasSubstr("[storage]\ndriver = \"overlay\"\ngraphroot = \"/home/me/storage\"\n\n"));
    EXPECT_THAT(text, testing::HasSubstr("additionalimagestores = [\"/b/podman\",\"/usr/a\"]\n"));
    EXPECT_THAT(text, testing::HasSubstr("[storage.options.overlay]\nmount_program = \"/usr/bin/f\"\n"));
}

}  // namespace
}  // namespace registry
