#include <catch2/catch.hpp>

#include <regex>

#include "layout/source_rules.hpp"
#include "support/process.hpp"

using namespace lamina::test;
namespace fs = std::filesystem;

namespace {

/// Links of the Markdown texts below `root` that lead to no file, as "page: target".
std::vector<std::string> broken_links(const fs::path& root) {
    static const std::regex link("\\]\\(([^)#\\s]+)(#[^)\\s]*)?\\)");
    std::vector<std::string> broken;
    for (const std::string& page : files_of(root)) {
        if (fs::path(page).extension() != ".md") continue;
        const std::string text = read_file(root / page);
        for (std::sregex_iterator it(text.begin(), text.end(), link), end; it != end; ++it) {
            const std::string target = (*it)[1];
            if (target.find(":") != std::string::npos) continue; // https:, doi:
            if (!fs::exists(root / fs::path(page).parent_path() / target))
                broken.push_back(page + ": " + target);
        }
    }
    return broken;
}

} // namespace

TEST_CASE("every link between the pages leads to a file") {
    for (const std::string& link : broken_links(LAMINA_SOURCE_DIR)) FAIL_CHECK(link);
}

TEST_CASE("a link that leads nowhere is found") {
    const TemporaryDirectory tree;
    write_file(tree.path() / "docs" / "a.md",
               "[b](b.md) [up](../c.md#part) [web](https://b.c/d)\n");
    write_file(tree.path() / "docs" / "b.md", "[a](a.md#x) [all](../docs) [here](#x)\n");
    CHECK(broken_links(tree.path()) == std::vector<std::string>{"docs/a.md: ../c.md"});
}
