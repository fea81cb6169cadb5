/// What is wrong with an experiment file, as plain data, and its printed form: an id that
/// `lamina explain` knows, one sentence, the place, the source line with a caret, and what to do.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace lamina {

/// A text that was read and its name in messages: a file, or "command line" for an override.
struct Source {
    std::string name;
    std::string text;           ///< what is shown below a message
    std::size_t first_byte = 0; ///< where YAML begins; an override is `path=YAML`
};

/// A place in a source. Columns count characters, not bytes; a tab is one character.
struct Mark {
    int line = 0;   ///< from 1; 0: no place
    int column = 0; ///< from 1
    int width = 1;  ///< characters that the caret underlines
};

/// A place with the line that stands there, so that a message outlives its source.
struct Snippet {
    std::string file;
    int line = 0, column = 0, width = 1;
    std::string source_line; ///< of a long line only the part around the place
    int first_column = 1;    ///< column of the first character of source_line
    bool cut = false;        ///< the line goes on behind source_line
    std::string label;       ///< said beside the caret, may be empty
};

struct Problem {
    std::string id; ///< a name of problem_kinds(), e.g. L0204
    bool warning = false;
    std::string message;            ///< one sentence with the values
    std::vector<Snippet> at;        ///< the place; a second one says where the other half is
    std::vector<std::string> notes; ///< why
    std::vector<std::string> help;  ///< what to write instead
};

/// One kind of problem, for `lamina explain` and the reference page.
struct ProblemKind {
    const char* id;
    const char* title;
    const char* meaning; ///< why it is refused
    const char* remedy;
};
const std::vector<ProblemKind>& problem_kinds();
/// nullptr when there is no such id.
const ProblemKind* find_problem_kind(const std::string& id);

/// What has this problem: lines of an experiment file, a command behind "$ ", or words where
/// neither is short. "" for an id that has no example.
const char* example_of(const std::string& id);

Snippet snippet(const Source&, const Mark&, const std::string& label = "");

/// Problems as they are found. Behind the first 200 they are only counted, so that a hostile file
/// costs neither time nor memory.
class ProblemList {
  public:
    /// A new problem at a place, to be filled further; line 0 names the file alone.
    Problem& error(const char* id, std::string message, const Source&, const Mark&,
                   const std::string& label = "");
    Problem& warning(const char* id, std::string message, const Source&, const Mark&,
                     const std::string& label = "");
    void add(Problem);
    /// The problem reported last, to be filled further.
    Problem& last() { return n_left_off_ > 0 ? left_off_ : problems_.back(); }
    const std::vector<Problem>& all() const { return problems_; }
    bool is_full() const { return n_left_off_ > 0; }
    std::size_t n_errors() const { return n_errors_; }
    std::size_t n_left_off() const { return n_left_off_; }

  private:
    std::vector<Problem> problems_;
    Problem left_off_; ///< written to when the list is full
    std::size_t n_errors_ = 0, n_left_off_ = 0;
};

/// The printed form of one problem, ending with a line break.
std::string format_problem(const Problem&);

/// All problems in order of place: errors first, at most `max_shown` of them and then a count; then
/// the warnings, counted apart. Ends with a line break unless empty. `n_left_off` errors more are
/// counted that are not in the list.
std::string format_problems(const std::vector<Problem>&, std::size_t n_left_off = 0,
                            std::size_t max_shown = 20);

bool has_errors(const std::vector<Problem>&);

} // namespace lamina
