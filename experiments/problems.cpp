/// The printed form of a problem:
///
///     error[L0204]: unknown key `gatte` in `column.tau`
///       --> dms.yaml:17:8
///        |
///     17 |   tau: {gatte: 5 ms}
///        |         ^^^^^ no such time constant
///        = help: did you mean `gate`?
#include "experiments/problems.hpp"

#include <algorithm>
#include <cstring>
#include <tuple>
#include <utility>

#include <fmt/format.h>

namespace lamina {
namespace {

constexpr int n_characters_shown = 140; // of a source line
constexpr std::size_t n_problems_kept = 200;

bool starts_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

/// Appends one character of a source line: controls become a space, broken UTF-8 a question mark.
void append_character(std::string& out, const char* begin, const char* end) {
    const auto lead = static_cast<unsigned char>(*begin);
    const int due = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 0;
    if (lead < 0x20 || lead == 0x7F)
        out += ' ';
    else if (due == end - begin)
        out.append(begin, end);
    else
        out += '?';
}

/// Copies the characters around `at.column` from the line that begins at `line`.
void cut_line(Snippet& at, const char* line, const char* text_end) {
    // from its beginning, unless the place is far behind it
    const bool far = at.column > n_characters_shown - 30;
    at.first_column = far ? at.column - n_characters_shown / 2 : 1;
    int column = 0;
    for (const char* c = line; c < text_end && *c != '\n' && *c != '\r';) {
        const char* end = c + 1;
        while (end < text_end && !starts_character(*end)) ++end;
        ++column;
        if (column >= at.first_column + n_characters_shown) {
            at.cut = true;
            break;
        }
        if (column >= at.first_column) append_character(at.source_line, c, end);
        c = end;
    }
    at.width = std::max(1, std::min(at.width, column + 1 - at.column));
}

/// The source line and the line of carets below it.
void append_snippet(std::string& out, const Snippet& at, int gutter, char caret) {
    const std::string before = at.first_column > 1 ? "... " : "";
    out += fmt::format("{:>{}} | {}{}{}\n", at.line, gutter, before, at.source_line,
                       at.cut ? " ..." : "");
    const std::size_t indent = before.size() + std::max(0, at.column - at.first_column);
    out += fmt::format("{:>{}} | {}{}", "", gutter, std::string(indent, ' '),
                       std::string(at.width, caret));
    out += at.label.empty() ? "\n" : " " + at.label + "\n";
}

/// A text that may quote a file, fit for a terminal.
std::string printable(const std::string& text) {
    std::string out;
    for (const char *c = text.data(), *stop = c + text.size(); c < stop;) {
        const char* end = c + 1;
        while (end < stop && !starts_character(*end)) ++end;
        append_character(out, c, end);
        c = end;
    }
    return out;
}

std::tuple<std::string, int, int> place(const Problem& problem) {
    if (problem.at.empty()) return {};
    return {problem.at[0].file, problem.at[0].line, problem.at[0].column};
}

} // namespace

const ProblemKind* find_problem_kind(const std::string& id) {
    for (const ProblemKind& kind : problem_kinds())
        if (id == kind.id) return &kind;
    return nullptr;
}

Snippet snippet(const Source& source, const Mark& mark, const std::string& label) {
    Snippet result;
    result.file = source.name;
    result.line = mark.line;
    result.column = mark.column;
    result.width = mark.width;
    result.label = label;
    const char* line = source.text.data();
    const char* const end = line + source.text.size();
    for (int n = 1; n < mark.line && line != nullptr && line < end; ++n) {
        const void* line_break = std::memchr(line, '\n', end - line);
        line = line_break ? static_cast<const char*>(line_break) + 1 : end;
    }
    if (mark.line > 0) cut_line(result, line, end);
    return result;
}

Problem& ProblemList::error(const char* id, std::string message, const Source& source,
                            const Mark& mark, const std::string& label) {
    ++n_errors_;
    if (problems_.size() >= n_problems_kept) {
        ++n_left_off_;
        return left_off_ = Problem{};
    }
    Problem problem;
    problem.id = id;
    problem.message = std::move(message);
    problem.at.push_back(snippet(source, mark, label));
    problems_.push_back(std::move(problem));
    return problems_.back();
}

Problem& ProblemList::warning(const char* id, std::string message, const Source& source,
                              const Mark& mark, const std::string& label) {
    Problem& problem = error(id, std::move(message), source, mark, label);
    --n_errors_;
    problem.warning = true;
    return problem;
}

void ProblemList::add(Problem problem) {
    if (!problem.warning) ++n_errors_;
    if (problems_.size() >= n_problems_kept)
        ++n_left_off_;
    else
        problems_.push_back(std::move(problem));
}

std::string format_problem(const Problem& problem) {
    std::string out = fmt::format("{}[{}]: {}\n", problem.warning ? "warning" : "error", problem.id,
                                  printable(problem.message));
    int gutter = 2;
    for (const Snippet& at : problem.at)
        gutter = std::max<int>(gutter, fmt::formatted_size("{}", at.line));

    // where: the first place gives the address, all places are shown in the order of their lines
    if (!problem.at.empty()) {
        const Snippet& main = problem.at[0];
        out += fmt::format("{:>{}}--> {}", "", gutter, main.file);
        out += main.line > 0 ? fmt::format(":{}:{}\n", main.line, main.column) : "\n";
        std::vector<const Snippet*> in_order;
        for (const Snippet& at : problem.at)
            if (at.line > 0) in_order.push_back(&at);
        std::stable_sort(in_order.begin(), in_order.end(),
                         [](const Snippet* a, const Snippet* b) { return a->line < b->line; });
        if (!in_order.empty()) out += fmt::format("{:>{}} |\n", "", gutter);
        for (const Snippet* at : in_order)
            append_snippet(out, *at, gutter, at == &main ? '^' : '-');
    }

    for (const std::string& note : problem.notes)
        out += fmt::format("{:>{}} = note: {}\n", "", gutter, printable(note));
    for (const std::string& help : problem.help)
        out += fmt::format("{:>{}} = help: {}\n", "", gutter, printable(help));
    return out;
}

std::string format_problems(const std::vector<Problem>& problems, std::size_t n_left_off,
                            std::size_t max_shown) {
    std::vector<Problem> sorted = problems;
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const Problem& a, const Problem& b) { return place(a) < place(b); });
    std::string out;
    for (const bool warnings : {false, true}) {
        std::size_t n = 0;
        for (const Problem& problem : sorted) {
            if (problem.warning != warnings || ++n > max_shown) continue;
            if (!out.empty()) out += "\n";
            out += format_problem(problem);
        }
        const std::size_t n_in_list = n;
        if (!warnings) n += n_left_off;
        if (n_in_list == 0) continue;
        const char* what = warnings ? "warning" : "error";
        if (n > max_shown) out += fmt::format("\n... and {} more {}s\n", n - max_shown, what);
        out += fmt::format("\n{} {}{}\n", n, what, n == 1 ? "" : "s");
    }
    return out;
}

bool has_errors(const std::vector<Problem>& problems) {
    return std::any_of(problems.begin(), problems.end(),
                       [](const Problem& p) { return !p.warning; });
}

} // namespace lamina
