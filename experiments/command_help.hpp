/// The commands of `lamina` as data, read from the parser itself: completions of shells and manual
/// pages cannot name an option that is not there, nor miss one.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace lamina {

struct CommandOption {
    std::string short_name, long_name; ///< without dashes; both empty for an argument
    std::string argument;              ///< name of a positional argument, else empty
    std::string description;
    bool takes_value = false, required = false, repeats = false;
    std::vector<std::string> choices; ///< words it takes, from a description "a | b | c"
};

struct CommandHelp {
    std::string name; ///< "" for `lamina` itself
    std::string description, example;
    std::vector<CommandOption> options; ///< arguments among them, in order
};

/// `lamina` itself, then each command.
std::vector<CommandHelp> command_help(const CLI::App&);

/// A completion script. @param shell  bash, zsh or fish
/// @throws SpecError for another shell
std::string completion_script(const std::vector<CommandHelp>&, const std::string& shell);

/// A manual page in troff's man macros. @param name  of a command, "" for `lamina`
/// @throws SpecError for an unknown command
std::string manual_page(const std::vector<CommandHelp>&, const std::string& name);

} // namespace lamina
