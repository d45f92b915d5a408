#include "builder/commands/command_table.hpp"
namespace builder {
Command rmi_command() { return {}; }
}
