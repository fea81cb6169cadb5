/// Manual pages in troff's man macros, from the commands as data.
#include <fmt/format.h>

#include <cctype>

#include "experiments/command_help.hpp"
#include "experiments/suggest.hpp"
#include "experiments/version.hpp"
#include "sim/errors.hpp"

namespace lamina {
namespace {

/// Text of a line: backslashes and dashes as they are typed, no request at its beginning.
std::string troff(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '\\')
            out += "\\e";
        else if (c == '-')
            out += "\\-";
        else if (c == '\n')
            out += out.empty() || out.back() == '\n' ? "" : "\n";
        else if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n'))
            out += std::string("\\&") + c;
        else
            out += c;
    }
    return out;
}

std::string title_of(const std::string& name) { return name.empty() ? "lamina" : "lamina-" + name; }

std::string upper(std::string text) {
    for (char& c : text) c = char(std::toupper(static_cast<unsigned char>(c)));
    return text;
}

std::string section(const char* heading, const std::string& body) {
    return body.empty() ? "" : fmt::format(".SH {}\n{}", heading, body);
}

std::string synopsis_of(const CommandHelp& command) {
    std::string line = "\\fBlamina" + (command.name.empty() ? "" : " " + command.name) + "\\fR";
    if (command.name.empty()) line += " \\fICOMMAND\\fR";
    line += " [\\fIoptions\\fR]";
    for (const CommandOption& option : command.options) {
        if (option.argument.empty()) continue;
        const std::string word =
            "\\fI" + troff(option.argument) + "\\fR" + (option.repeats ? "..." : "");
        line += " " + (option.required ? word : "[" + word + "]");
    }
    return line + "\n";
}

std::string options_of(const CommandHelp& command, bool arguments) {
    std::string out;
    for (const CommandOption& option : command.options) {
        if (option.argument.empty() == arguments) continue;
        std::string names;
        if (arguments) {
            names = "\\fI" + troff(option.argument) + "\\fR";
        } else {
            if (!option.short_name.empty()) names = "\\fB\\-" + troff(option.short_name) + "\\fR";
            if (!option.long_name.empty())
                names +=
                    (names.empty() ? "" : ", ") + ("\\fB\\-\\-" + troff(option.long_name)) + "\\fR";
            if (option.takes_value) names += " \\fIvalue\\fR";
        }
        out += fmt::format(".TP\n{}\n{}\n", names, troff(option.description));
    }
    return out;
}

std::string commands_of(const std::vector<CommandHelp>& all) {
    std::string out;
    for (const CommandHelp& command : all)
        if (!command.name.empty())
            out += fmt::format(".TP\n\\fB{}\\fR\n{}\n", command.name, troff(command.description));
    return out;
}

const char* const exit_codes =
    ".TP\n0\nAll done; warnings are possible.\n"
    ".TP\n1\nThe run failed: input or output, memory, a value that is not a number.\n"
    ".TP\n2\nUsage, or an invalid experiment file.\n"
    ".TP\n4\nA device or feature is not available.\n"
    ".TP\n5\nA comparison or verification failed.\n"
    ".TP\n130, 143\nStopped by SIGINT or SIGTERM.\n";

const char* const variables =
    ".TP\n\\fBLAMINA_DATA\\fR\nFolder of the published data sets.\n"
    ".TP\n\\fBOMP_NUM_THREADS\\fR\nThreads, when \\-\\-threads is not given.\n"
    ".TP\n\\fBNO_COLOR\\fR\nNothing is coloured when it is set.\n";

} // namespace

std::string manual_page(const std::vector<CommandHelp>& all, const std::string& name) {
    const CommandHelp* command = nullptr;
    std::vector<std::string> names;
    for (const CommandHelp& one : all) {
        if (one.name == name) command = &one;
        names.push_back(one.name);
    }
    if (!command) {
        const std::string near = nearest_word(name, names);
        throw SpecError(fmt::format(
            "error[L0403]: there is no command `{}`\n  = help: {}", name.substr(0, 60),
            near.empty() ? "`lamina --help` lists them" : fmt::format("did you mean `{}`?", near)));
    }
    std::string page = fmt::format(".TH {} 1 \"\" \"Lamina {}\" \"Lamina\"\n",
                                   upper(troff(title_of(name))), build_info().version);
    page += section("NAME",
                    fmt::format("{} \\- {}\n", troff(title_of(name)), troff(command->description)));
    page += section("SYNOPSIS", synopsis_of(*command));
    if (name.empty()) page += section("COMMANDS", commands_of(all));
    page += section("ARGUMENTS", options_of(*command, true));
    page += section("OPTIONS", options_of(*command, false));
    if (name.empty()) page += section("EXIT STATUS", exit_codes);
    if (name.empty()) page += section("ENVIRONMENT", variables);
    if (!command->example.empty())
        page += section("EXAMPLE", fmt::format(".nf\n{}\n.fi\n", troff(command->example)));
    std::string also;
    for (const CommandHelp& one : all)
        if (one.name != name && (name.empty() || one.name.empty()))
            also +=
                fmt::format("{}.BR {} (1)", also.empty() ? "" : " ,\n", troff(title_of(one.name)));
    return page + section("SEE ALSO", also + "\n");
}

} // namespace lamina
