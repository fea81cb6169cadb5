#include "analysis/figures/representations.hpp"

#include <algorithm>

namespace lamina::analysis {
namespace {

const char* const home = "representations";
constexpr std::size_t most_blocks = 12;

} // namespace

std::vector<std::string> people_of(const RunData& run) {
    std::vector<std::string> names;
    const std::string prefix = std::string(home) + "/";
    for (const auto& entry : run.groups)
        if (entry.first.rfind(prefix, 0) == 0) names.push_back(entry.first.substr(prefix.size()));
    return names;
}

std::string title_of_rdm(const std::string& name) {
    static const std::pair<const char*, const char*> titles[] = {
        {"source", "stimuli as measured"},
        {"input", "thalamic input"},
        {"routed", "routed content"},
        {"attention", "attention"},
        {"confusion", "column: confusion"}};
    for (const auto& [key, title] : titles)
        if (name == key) return title;
    std::string words = name;
    std::replace(words.begin(), words.end(), '_', ' ');
    return words;
}

std::vector<ShownRdm> shown_rdms(const RunData& run) {
    std::vector<ShownRdm> shown;
    const Column* rdms = run.find(home, "dissimilarity");
    const Column* names = run.find(home, "rdm");
    const Column* maps = run.find(home, "map");
    if (!rdms || !names || !maps) return shown;
    for (const std::string& people : people_of(run)) {
        const std::string group = std::string(home) + "/" + people;
        shown.push_back({people, title_of_rdm(people) + ", pooled", run.numbers(group, "pooled"),
                         run.numbers(group, "map")});
    }
    const std::size_t n_pairs = rdms->shape[1], n_map = maps->shape[1] * maps->shape[2];
    for (const char* stage : {"confusion", "attention", "routed", "input"})
        for (std::size_t row = 0; row < names->words.size(); ++row) {
            if (names->words[row] != stage) continue;
            const auto first = rdms->numbers.begin() + static_cast<std::ptrdiff_t>(row * n_pairs);
            const auto place = maps->numbers.begin() + static_cast<std::ptrdiff_t>(row * n_map);
            shown.push_back({stage,
                             title_of_rdm(stage),
                             {first, first + static_cast<std::ptrdiff_t>(n_pairs)},
                             {place, place + static_cast<std::ptrdiff_t>(n_map)}});
        }
    return shown;
}

std::vector<CategoryBlock> category_blocks(const RunData& run) {
    std::vector<CategoryBlock> blocks;
    const Column* category = run.find(home, "category");
    if (!category) return blocks;
    for (std::size_t i = 0; i < category->words.size(); ++i) {
        if (blocks.empty() || blocks.back().name != category->words[i])
            blocks.push_back({category->words[i], i, i});
        blocks.back().end = i + 1;
    }
    if (blocks.size() > most_blocks) blocks.clear();
    return blocks;
}

} // namespace lamina::analysis
