#include "builder/commands/command_table.hpp"
namespace builder {
Command version_command() { return {}; }
}
