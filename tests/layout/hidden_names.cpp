#include "layout/hidden_names.hpp"

#include <algorithm>
#include <map>
#include <regex>
#include <set>

#include "support/process.hpp"

namespace lamina::test {
namespace {

/// A word or a sign of C++.
struct Token {
    std::string text;
    int line;
    bool is_word() const {
        return std::isalpha(static_cast<unsigned char>(text[0])) || text[0] == '_';
    }
};

/// The tokens of a source, without the lines of the preprocessor. "::" is one sign, all others are
/// single characters.
std::vector<Token> tokens_of(const std::string& code) {
    static const std::regex pattern("\\w+|::|\\S");
    std::vector<Token> tokens;
    std::istringstream lines(code);
    bool directive = false;
    std::string text;
    for (int line = 1; std::getline(lines, text); ++line) {
        const std::size_t first = text.find_first_not_of(" \t");
        directive = directive || (first != std::string::npos && text[first] == '#');
        for (std::sregex_iterator it(text.begin(), text.end(), pattern), end;
             !directive && it != end; ++it)
            tokens.push_back({it->str(), line});
        if (text.empty() || text.back() != '\\') directive = false;
    }
    return tokens;
}

/// One declaration at the level of a namespace.
using Statement = std::vector<Token>;

bool opens(const Token& t) { return t.text == "(" || t.text == "[" || t.text == "{"; }
bool closes(const Token& t) { return t.text == ")" || t.text == "]" || t.text == "}"; }

/// The place behind the bracket that closes the one at `open`.
std::size_t behind_bracket(const Statement& s, std::size_t open) {
    int depth = 0;
    for (std::size_t i = open; i < s.size(); ++i) {
        if (opens(s[i])) ++depth;
        if (closes(s[i]) && --depth == 0) return i + 1;
    }
    return s.size();
}

/// The place behind template arguments that begin at `open`.
std::size_t behind_angle(const Statement& s, std::size_t open) {
    int depth = 0;
    for (std::size_t i = open; i < s.size();) {
        if (opens(s[i])) {
            i = behind_bracket(s, i);
            continue;
        }
        if (s[i].text == "<") ++depth;
        if (s[i].text == ">" && --depth == 0) return i + 1;
        ++i;
    }
    return s.size();
}

/// A statement without `template <...>` and attributes, which come before what it declares.
Statement bare(const Statement& s) {
    Statement out;
    for (std::size_t i = 0; i < s.size();) {
        if (out.empty() && s[i].text == "template")
            i = behind_angle(s, i + 1);
        else if (s[i].text == "[" && i + 1 < s.size() && s[i + 1].text == "[")
            i = behind_bracket(s, i);
        else
            out.push_back(s[i++]);
    }
    return out;
}

/// Reads one declaration for the names it gives.
class Declaration {
  public:
    Declaration(const Statement& statement, bool unnamed)
        : s_(bare(statement)), unnamed_(unnamed) {}

    std::vector<HiddenName> names() {
        if (s_.empty()) return {};
        const std::string& first = s_[0].text;
        if (first == "using" || first == "namespace") {
            if (at(2) == "=") add_alias();
        } else if (first == "struct" || first == "class" || first == "union" || first == "enum") {
            add_type();
        } else if (first != "static_assert" && first != "friend") {
            add_declarators();
        }
        return found_;
    }

  private:
    std::string at(std::size_t i) const { return i < s_.size() ? s_[i].text : ""; }
    void add(std::size_t i) { found_.push_back({s_[i].text, s_[i].line, ""}); }

    void add_alias() {
        add(1);
        for (std::size_t i = 3; i < s_.size(); ++i) found_.back().alias += s_[i].text + " ";
    }

    void add_type() {
        std::size_t i = 1;
        const bool scoped = at(i) == "class" || at(i) == "struct";
        if (scoped) ++i;
        // not a specialisation, and not a class within a class
        if (at(i + 1) != "<" && at(i + 1) != "::" && i < s_.size() && s_[i].is_word()) add(i++);
        if (s_[0].text != "enum" || scoped) return;
        // the values of an enum are names beside its own
        while (i < s_.size() && !opens(s_[i])) ++i;
        for (std::size_t k = i; k + 1 < s_.size(); ++k)
            if ((k == i || s_[k].text == ",") && s_[k + 1].is_word()) add(k + 1);
    }

    /// Variables, or a function. In a namespace with a name only `static` and constant ones are
    /// hidden.
    void add_declarators() {
        const std::string& first = s_[0].text;
        const bool is_static = first == "static";
        const bool constant = first == "const" || first == "constexpr";
        if (!unnamed_ && !is_static && !constant) return;
        std::size_t name = 0;
        for (std::size_t i = 0; i < s_.size();) {
            const std::string& t = s_[i].text;
            if (t == "operator") return;
            if (t == "alignas" || t == "decltype") {
                i = behind_bracket(s_, i + 1);
            } else if (t == "<") {
                i = behind_angle(s_, i);
            } else if (t == "(") {
                const bool member = name > 0 && s_[name - 1].text == "::";
                const bool macro = s_[name].text.find_first_of("abcdefghijklmnopqrstuvwxyz") ==
                                       std::string::npos &&
                                   s_[name].text.find('_') != std::string::npos;
                if (!member && !macro && name > 0 && (unnamed_ || is_static)) add(name);
                return;
            } else if (t == "=" || t == "{" || t == "[" || t == "," || t == ";") {
                if (name > 0) add_variables(name);
                return;
            } else {
                if (s_[i].is_word()) name = i;
                ++i;
            }
        }
        if (name > 0) add(name); // `extern int x` and the like
    }

    /// The variable whose name stands at `name`, and those after commas.
    void add_variables(std::size_t name) {
        if (s_[name - 1].text == "::") return; // a member of a class
        add(name);
        for (std::size_t i = name + 1; i < s_.size();) {
            if (opens(s_[i])) {
                i = behind_bracket(s_, i);
                continue;
            }
            if (s_[i++].text != ",") continue;
            while (at(i) == "*" || at(i) == "&") ++i;
            const std::string next = at(i + 1);
            const bool ends =
                next == "=" || next == "{" || next == "[" || next == "," || next == "";
            if (i < s_.size() && s_[i].is_word() && ends) add(i);
        }
    }

    Statement s_;
    bool unnamed_;
    std::vector<HiddenName> found_;
};

/// The program or library that a source is part of, "" for one that stands alone.
std::string target_of(const std::string& file) {
    static const std::regex library(
        "(kernels|models|sim/run_file|sim|analysis|experiments)/.*\\.cpp");
    static const std::regex test("(tests/\\w+)/\\w+\\.cpp");
    std::smatch part;
    if (std::regex_match(file, part, library) || std::regex_match(file, part, test)) return part[1];
    return "";
}

/// Files that CMakeLists.txt keeps out of the groups.
std::set<std::string> files_alone(const std::filesystem::path& root) {
    std::set<std::string> files;
    if (!std::filesystem::exists(root / "CMakeLists.txt")) return files;
    const std::string text = read_file(root / "CMakeLists.txt");
    static const std::regex kept("set_source_files_properties\\(([^()]*)PROPERTIES\\s+"
                                 "SKIP_UNITY_BUILD_INCLUSION ON");
    static const std::regex word("\\S+");
    for (std::sregex_iterator it(text.begin(), text.end(), kept), end; it != end; ++it) {
        const std::string names = (*it)[1];
        for (std::sregex_iterator name(names.begin(), names.end(), word); name != end; ++name)
            files.insert(name->str());
    }
    return files;
}

} // namespace

std::vector<HiddenName> hidden_names(const std::string& code) {
    const Statement all = tokens_of(code);
    std::vector<HiddenName> names;
    std::vector<bool> unnamed; // the namespaces that are open
    Statement statement;
    const auto end_statement = [&] {
        const bool hides = std::count(unnamed.begin(), unnamed.end(), true) > 0;
        for (HiddenName& name : Declaration(statement, hides).names())
            names.push_back(std::move(name));
        statement.clear();
    };
    for (std::size_t i = 0; i < all.size();) {
        const std::string& t = all[i].text;
        const bool begins_namespace =
            t == "{" && !statement.empty() &&
            std::all_of(statement.begin(), statement.end(),
                        [](const Token& word) { return word.is_word() || word.text == "::"; }) &&
            (statement[0].text == "namespace" ||
             (statement[0].text == "inline" && statement.size() > 1 &&
              statement[1].text == "namespace"));
        if (begins_namespace) {
            unnamed.push_back(statement.back().text == "namespace");
            statement.clear();
            ++i;
        } else if (opens(all[i])) {
            const std::size_t behind = behind_bracket(all, i);
            statement.insert(statement.end(), all.begin() + std::ptrdiff_t(i),
                             all.begin() + std::ptrdiff_t(behind));
            i = behind;
            // a body ends what it belongs to, an initial value does not
            const std::string next = i < all.size() ? all[i].text : "";
            if (t == "{" && next != ";" && next != "," && next != "=" && next != "(" && next != ")")
                end_statement();
        } else if (t == "}") {
            if (!unnamed.empty()) unnamed.pop_back();
            statement.clear();
            ++i;
        } else if (t == ";") {
            end_statement();
            ++i;
        } else {
            statement.push_back(all[i++]);
        }
    }
    return names;
}

std::vector<Violation> check_hidden_names(const std::filesystem::path& root) {
    struct Place {
        std::string file, alias;
    };
    const std::set<std::string> alone = files_alone(root);
    std::map<std::pair<std::string, std::string>, Place> first; // [target, name]
    std::set<std::pair<std::string, std::string>> told;         // [file, name]
    std::vector<Violation> found;
    for (const std::string& file : files_of(root)) {
        const std::string target = target_of(file);
        if (target.empty() || alone.count(file) > 0) continue;
        for (const HiddenName& name : hidden_names(code_only(read_file(root / file)))) {
            const Place& other =
                first.insert({{target, name.name}, {file, name.alias}}).first->second;
            const bool same_word = !name.alias.empty() && name.alias == other.alias;
            if (other.file == file || same_word || !told.insert({file, name.name}).second) continue;
            found.push_back({file, name.line,
                             "`" + name.name + "` is also a name of " + other.file +
                                 ", and both are compiled as one: define it once in a header if it "
                                 "is the same, or give each a name that tells more"});
        }
    }
    return found;
}

} // namespace lamina::test
