#include "experiments/command_help.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>

namespace lamina {
namespace {

/// "auto | cpu | cuda[:i]" -> auto, cpu, cuda; any other text -> nothing.
std::vector<std::string> choices_in(const std::string& description) {
    std::vector<std::string> choices;
    for (std::size_t begin = 0; begin <= description.size();) {
        const std::size_t bar = std::min(description.find(" | ", begin), description.size());
        const std::string word = description.substr(begin, bar - begin);
        if (word.empty() || word.find(' ') != std::string::npos) return {};
        choices.push_back(word.substr(0, word.find('[')));
        begin = bar + 3;
    }
    return choices;
}

CommandOption option_of(const CLI::Option& option) {
    CommandOption out;
    if (!option.get_snames().empty()) out.short_name = option.get_snames()[0];
    if (!option.get_lnames().empty()) out.long_name = option.get_lnames()[0];
    if (option.get_positional()) out.argument = option.get_name(true);
    out.description = option.get_description();
    out.takes_value = option.get_items_expected_max() > 0;
    out.required = option.get_required();
    out.repeats = option.get_items_expected_max() > 1;
    out.choices = choices_in(out.description);
    return out;
}

/// Commands of a command: one argument that names them, and the options of all.
void add_commands(const CLI::App& app, std::vector<CommandOption>& options) {
    const auto commands = app.get_subcommands([](const CLI::App*) { return true; });
    if (commands.empty()) return;
    CommandOption which;
    which.argument = "what";
    which.required = true;
    for (const CLI::App* command : commands) {
        which.choices.push_back(command->get_name());
        which.description += (which.description.empty() ? "" : " | ") + command->get_name();
    }
    options.push_back(which);
    for (const CLI::App* command : commands)
        for (const CLI::Option* option : command->get_options({})) {
            const CommandOption one = option_of(*option);
            const bool known =
                std::any_of(options.begin(), options.end(), [&](const CommandOption& other) {
                    return other.long_name == one.long_name && other.argument == one.argument;
                });
            if (!known && !option->get_group().empty()) options.push_back(one);
        }
}

CommandHelp help_of(const CLI::App& app) {
    CommandHelp help;
    help.name = app.get_name();
    help.description = app.get_description();
    const std::string footer = app.get_footer(), before = "Example: ";
    if (footer.rfind(before, 0) == 0)
        help.example = footer.substr(before.size(), footer.find('\n') - before.size());
    for (const CLI::Option* option : app.get_options({}))
        if (!option->get_group().empty()) help.options.push_back(option_of(*option));
    if (app.get_parent()) add_commands(app, help.options);
    return help;
}

} // namespace

std::vector<CommandHelp> command_help(const CLI::App& app) {
    std::vector<CommandHelp> all = {help_of(app)};
    all[0].name.clear();
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
        if (!command->get_group().empty()) all.push_back(help_of(*command));
    return all;
}

} // namespace lamina
