/// What one text says of another is there: sections of docs/model.md, test cases, commands.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cctype>
#include <set>

#include "docs/page.hpp"
#include "support/source_tree.hpp"

using namespace lamina::test;
namespace fs = std::filesystem;

namespace {

std::string lower(std::string text) {
    for (char& c : text) c = char(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

/// Files below the named folders of the repository with one of these endings.
std::vector<fs::path> files_in(const std::vector<std::string>& folders,
                               const std::set<std::string>& endings) {
    std::vector<fs::path> files;
    for (const std::string& folder : folders)
        for (const auto& entry : fs::recursive_directory_iterator(source_tree / folder))
            if (endings.count(entry.path().extension().string())) files.push_back(entry.path());
    return files;
}

/// "## Heading" and "**Heading**" of a page, in lower case.
std::vector<std::string> headings_of(const std::string& page) {
    std::vector<std::string> headings;
    const std::regex heading("^(?:#+ (.+)|\\*\\*([^*]+)\\*\\*.*)$");
    for (const std::string& line : lines_of(page)) {
        std::smatch part;
        if (std::regex_match(line, part, heading))
            headings.push_back(lower(part[part[1].matched ? 1 : 2]));
    }
    return headings;
}

/// What follows `docs/model.md, "` or, in a string, `"docs/model.md, `: the section that is meant.
std::vector<std::string> sections_named_in(const std::string& source) {
    // comments and strings go on over line ends
    const std::string text = std::regex_replace(source, std::regex("\\s*\\n\\s*(///?|#)? *"), " ");
    static const std::regex named("docs/model\\.md,? (?:section )?\\\\?\"([^\"\\\\]+)"
                                  "|\"docs/model\\.md, ([^\"\\\\]+)");
    std::vector<std::string> sections;
    for (auto match = std::sregex_iterator(text.begin(), text.end(), named);
         match != std::sregex_iterator(); ++match)
        sections.push_back(lower((*match)[(*match)[1].matched ? 1 : 2]));
    return sections;
}

/// Does a name match a selection as Catch2 reads it, with * at its ends?
bool selected(const std::string& name, std::string pattern) {
    const bool open_begin = pattern.front() == '*', open_end = pattern.back() == '*';
    if (open_end) pattern.pop_back();
    if (open_begin && !pattern.empty()) pattern.erase(0, 1);
    const std::size_t at = name.find(pattern);
    if (at == std::string::npos) return false;
    return (open_begin || at == 0) && (open_end || at + pattern.size() == name.size());
}

} // namespace

TEST_CASE("every section of docs/model.md that a source names is there") {
    const auto headings = headings_of(read_file(source_tree / "docs/model.md"));
    int n_named = 0;
    for (const fs::path& file :
         files_in({"kernels", "models", "sim", "experiments", "analysis", "docs/reference"},
                  {".hpp", ".cpp", ".yaml", ".md"}))
        for (const std::string& section : sections_named_in(read_file(file))) {
            INFO(file.lexically_relative(source_tree) << " names \"" << section << "\"");
            CHECK(std::any_of(headings.begin(), headings.end(), [&](const std::string& heading) {
                return section.rfind(heading, 0) == 0;
            }));
            ++n_named;
        }
    CHECK(n_named > 20);
    CHECK(sections_named_in("(docs/model.md, \"Working\n/// memory\")") ==
          std::vector<std::string>{"working memory"});
}

TEST_CASE("every test that docs/validation.md names is there") {
    const std::string page = read_file(source_tree / "docs/validation.md");
    const std::regex call("`test_(\\w+) \"([^\"]+)\"`");
    int n_named = 0;
    for (auto match = std::sregex_iterator(page.begin(), page.end(), call);
         match != std::sregex_iterator(); ++match) {
        if ((*match)[2] == "NAME") continue;
        std::string sources;
        for (const fs::path& file : files_in({"tests/" + (*match)[1].str()}, {".cpp"}))
            sources += read_file(file);
        const std::regex test_case("TEST_CASE\\(\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");
        int n_found = 0;
        for (auto name = std::sregex_iterator(sources.begin(), sources.end(), test_case);
             name != std::sregex_iterator(); ++name)
            n_found += selected((*name)[1], (*match)[2]);
        INFO((*match)[0]);
        CHECK(n_found > 0);
        ++n_named;
    }
    CHECK(n_named > 30);
}

TEST_CASE("every command that a page names is in lamina --help, and says what it does") {
    const std::string help = run_lamina({"--help"}).out;
    std::set<std::string> named;
    std::vector<fs::path> pages = files_in({"docs", "models", ".ci"}, {".md"});
    pages.push_back(source_tree / "README.md");
    const std::regex command("(?:`|build/release/|^ +)lamina ([a-z]+)");
    for (const fs::path& page : pages)
        for (const std::string& line : lines_of(read_file(page)))
            for (auto match = std::sregex_iterator(line.begin(), line.end(), command);
                 match != std::sregex_iterator(); ++match)
                named.insert((*match)[1]);
    CHECK(named.size() > 8);
    for (const std::string& word : named) {
        INFO("lamina " << word);
        CHECK(help.find("\n  " + word + " ") != std::string::npos);
        CHECK(run_lamina({word, "--help"}).exit_code == 0);
    }
}
