#include "layers/store/names.hpp"

namespace layers {

bool take_name_from_image(Database& database, const std::string& name) {
    database.query("DELETE FROM names WHERE name = ?").bind_all(name).run();
    return database.changed_rows() > 0;
}

bool take_name_from_list(Database& database, const std::string& name) {
    database.query("DELETE FROM manifest_lists WHERE name = ?").bind_all(name).run();
    return database.changed_rows() > 0;
}

}  // namespace layers
