#include "builder/commands/command_table.hpp"
namespace builder {
Command prune_command() { return {}; }
}
