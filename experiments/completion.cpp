/// Completion scripts for bash, zsh and fish, from the commands as data.
#include <fmt/format.h>

#include "experiments/command_help.hpp"
#include "experiments/fields.hpp"
#include "experiments/problems.hpp"
#include "experiments/shipped.hpp"
#include "sim/errors.hpp"

namespace lamina {
namespace {

/// What can stand for a value.
struct Completions {
    std::vector<std::string> words;
    bool files = false, folders = false; ///< experiment files; folders
    bool any_file = false;
    bool keys = false; ///< key= of an experiment file
};

Completions values_of(const CommandOption& option, const std::vector<CommandHelp>& all) {
    Completions values;
    values.words = option.choices;
    const std::string& name = option.argument.empty() ? option.long_name : option.argument;
    if (name == "file" || name == "files") values.files = true;
    if (name == "where") values.files = values.folders = true;
    values.any_file = name == "path";
    if (name == "files" || name == "overrides") values.keys = true;
    if (name == "directory" || name == "out" || name == "into" || name.rfind("run_", 0) == 0)
        values.folders = true;
    if (name == "template")
        for (const ShippedExperiment& shipped : shipped_experiments())
            values.words.push_back(shipped.name);
    if (name == "command")
        for (const CommandHelp& command : all)
            if (!command.name.empty()) values.words.push_back(command.name);
    if (name == "key") {
        for (const Field& field : fields()) values.words.push_back(field.path);
        for (const Section& section : sections())
            if (!section.path.empty()) values.words.push_back(section.path);
        for (const ProblemKind& kind : problem_kinds()) values.words.emplace_back(kind.id);
    }
    return values;
}

/// Whatever may be an argument of the command.
Completions arguments_of(const CommandHelp& command, const std::vector<CommandHelp>& all) {
    Completions out;
    for (const CommandOption& option : command.options) {
        if (option.argument.empty()) continue;
        const Completions one = values_of(option, all);
        out.words.insert(out.words.end(), one.words.begin(), one.words.end());
        out.files = out.files || one.files;
        out.folders = out.folders || one.folders;
        out.any_file = out.any_file || one.any_file;
        out.keys = out.keys || one.keys;
    }
    return out;
}

std::vector<std::string> dashed(const CommandOption& option) {
    std::vector<std::string> names;
    if (!option.short_name.empty()) names.push_back("-" + option.short_name);
    if (!option.long_name.empty()) names.push_back("--" + option.long_name);
    return names;
}

std::string joined_words(const std::vector<std::string>& words, const char* between = " ") {
    return fmt::format("{}", fmt::join(words, between));
}

/// Keys that an override can set.
std::string override_keys() {
    std::vector<std::string> keys;
    for (const Field& field : fields()) keys.push_back(field.path + "=");
    return joined_words(keys);
}

/// Text inside single quotes of a shell.
std::string shell_quoted(const std::string& text) {
    std::string out;
    for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return "'" + out + "'";
}

// ---- bash

std::string bash_values(const Completions& values) {
    std::string out;
    const auto add = [&](const std::string& how) {
        out += fmt::format("COMPREPLY+=($(compgen {} -- \"$current\")); ", how);
    };
    if (!values.words.empty()) add("-W " + shell_quoted(joined_words(values.words)));
    if (values.keys) add("-W \"$keys\"");
    if (values.files) add("-f -X '!*.yaml'");
    if (values.any_file) add("-f");
    if (values.files || values.folders) add("-d");
    if (values.keys) out += "[[ ${COMPREPLY-} == *= ]] && compopt -o nospace; ";
    return out.empty() ? "COMPREPLY=(); " : out;
}

std::string bash_script(const std::vector<CommandHelp>& all) {
    std::vector<std::string> names;
    std::string after_option, arguments;
    for (const CommandHelp& command : all) {
        std::vector<std::string> options;
        for (const CommandOption& option : command.options) {
            for (const std::string& name : dashed(option)) {
                options.push_back(name);
                if (option.takes_value)
                    after_option += fmt::format("        {:<28} {}return ;;\n",
                                                shell_quoted(command.name + " " + name) + ")",
                                                bash_values(values_of(option, all)));
            }
        }
        if (command.name.empty()) {
            names.insert(names.end(), options.begin(), options.end());
            continue;
        }
        names.push_back(command.name);
        arguments +=
            fmt::format("        {}) if [[ $current == -* ]]; then COMPREPLY=($(compgen -W "
                        "{} -- \"$current\")); else {}fi ;;\n",
                        command.name, shell_quoted(joined_words(options)),
                        bash_values(arguments_of(command, all)));
    }
    return fmt::format(
        "# bash completion for lamina, made by `lamina completion bash`\n"
        "_lamina() {{\n"
        "    local current previous command keys\n"
        "    current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}}\n"
        "    command=${{COMP_WORDS[1]}}\n"
        "    keys={}\n"
        "    COMPREPLY=()\n"
        "    if ((COMP_CWORD == 1)); then COMPREPLY=($(compgen -W {} -- \"$current\")); return; "
        "fi\n"
        "    case \"$command $previous\" in\n{}    esac\n"
        "    case $command in\n{}    esac\n"
        "}}\n"
        "complete -F _lamina lamina\n",
        shell_quoted(override_keys()), shell_quoted(joined_words(names)), after_option, arguments);
}

// ---- zsh

/// The action of an _arguments specification.
std::string zsh_action(const Completions& values) {
    if (values.keys || (values.files && !values.words.empty())) return "_lamina_arguments";
    if (!values.words.empty()) return "(" + joined_words(values.words) + ")";
    if (values.files || values.any_file) return "_files";
    if (values.folders) return "_files -/";
    return " ";
}

/// A description inside brackets.
std::string zsh_text(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (std::string("[]:\\").find(c) != std::string::npos) out += '\\';
        out += c;
    }
    return out;
}

std::string zsh_script(const std::vector<CommandHelp>& all) {
    std::string names, cases;
    for (const CommandHelp& command : all) {
        if (command.name.empty()) continue;
        names += fmt::format("        {}\n",
                             shell_quoted(command.name + ":" + zsh_text(command.description)));
        cases += fmt::format("        {}) _arguments", command.name);
        for (const CommandOption& option : command.options) {
            const Completions values = values_of(option, all);
            if (!option.argument.empty()) {
                cases += " " + shell_quoted(fmt::format("{}:{}:{}", option.repeats ? "*" : "",
                                                        option.argument, zsh_action(values)));
                continue;
            }
            for (const std::string& name : dashed(option))
                cases +=
                    " " + shell_quoted(fmt::format(
                              "{}[{}]{}", name, zsh_text(option.description),
                              option.takes_value ? ":value:" + zsh_action(values) : std::string()));
        }
        cases += " ;;\n";
    }
    return fmt::format("#compdef lamina\n"
                       "# zsh completion for lamina, made by `lamina completion zsh`\n"
                       "_lamina_arguments() {{\n"
                       "    local -a keys\n"
                       "    keys=({})\n"
                       "    _files -g '*.(yaml|yml)'\n"
                       "    compadd -S '' -a keys\n"
                       "}}\n"
                       "_lamina() {{\n"
                       "    local -a commands\n"
                       "    commands=(\n{}    )\n"
                       "    if (( CURRENT == 2 )); then _describe command commands; return; fi\n"
                       "    shift words; (( CURRENT-- ))\n"
                       "    case $words[1] in\n{}    esac\n"
                       "}}\n"
                       "if [[ $funcstack[1] == _lamina ]]; then _lamina \"$@\"; "
                       "else compdef _lamina lamina; fi\n",
                       override_keys(), names, cases);
}

// ---- fish

std::string fish_values(const Completions& values) {
    std::string out;
    if (!values.words.empty()) out += " -a " + shell_quoted(joined_words(values.words));
    if (values.files) out += " -a '(__fish_complete_suffix .yaml)'";
    if (values.any_file) out += " -F";
    if (values.folders) out += " -a '(__fish_complete_directories)'";
    return out;
}

std::string fish_script(const std::vector<CommandHelp>& all) {
    std::string out = "# fish completion for lamina, made by `lamina completion fish`\n"
                      "complete -c lamina -f\n";
    for (const CommandHelp& command : all) {
        const std::string when = command.name.empty()
                                     ? "__fish_use_subcommand"
                                     : "__fish_seen_subcommand_from " + command.name;
        if (!command.name.empty())
            out += fmt::format("complete -c lamina -n __fish_use_subcommand -a {} -d {}\n",
                               command.name, shell_quoted(command.description));
        for (const CommandOption& option : command.options) {
            if (!option.argument.empty()) continue;
            out += fmt::format("complete -c lamina -n {}", shell_quoted(when));
            if (!option.short_name.empty()) out += " -s " + option.short_name;
            if (!option.long_name.empty()) out += " -l " + option.long_name;
            if (option.takes_value) out += " -r" + fish_values(values_of(option, all));
            out += " -d " + shell_quoted(option.description) + "\n";
        }
        if (command.name.empty()) continue;
        const Completions values = arguments_of(command, all);
        if (const std::string action = fish_values(values); !action.empty())
            out += fmt::format("complete -c lamina -n {}{}\n", shell_quoted(when), action);
        if (values.keys)
            out += fmt::format("complete -c lamina -n {} -a {}\n", shell_quoted(when),
                               shell_quoted(override_keys()));
    }
    return out;
}

} // namespace

std::string completion_script(const std::vector<CommandHelp>& all, const std::string& shell) {
    if (shell == "bash") return bash_script(all);
    if (shell == "zsh") return zsh_script(all);
    if (shell == "fish") return fish_script(all);
    throw SpecError(fmt::format("error[L0403]: there is no completion for `{}`\n  = help: give "
                                "bash, zsh or fish",
                                shell.substr(0, 60)));
}

} // namespace lamina
