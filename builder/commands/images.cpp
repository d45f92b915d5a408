#include "builder/commands/command_table.hpp"
namespace builder {
Command images_command() { return {}; }
}
