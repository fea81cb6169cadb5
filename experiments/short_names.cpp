#include "experiments/short_names.hpp"

#include <algorithm>
#include <cctype>

namespace lamina {
namespace {

/// The last `n` words of a path as one name ("oscillation.gamma.depth", 2 -> "gamma_depth").
std::string last_words(const std::string& path, int n) {
    std::size_t from = path.size();
    for (int word = 0; word < n && from != std::string::npos && from > 0; ++word)
        from = path.rfind('.', from - 1);
    std::string words;
    for (const char c : from == std::string::npos ? path : path.substr(from + 1))
        words += c == '*'                                           ? "all"
                 : std::isalnum(static_cast<unsigned char>(c)) != 0 ? std::string(1, c)
                                                                    : "_";
    return words;
}

} // namespace

std::vector<std::string> short_names(const std::vector<std::string>& paths) {
    std::vector<std::string> names;
    for (const std::string& path : paths) {
        // as many words as tell it from the others, the first of them a word
        const int most = 1 + int(std::count(path.begin(), path.end(), '.'));
        int n = 1;
        const auto tells = [&](const std::string& name) {
            int alike = 0;
            for (const std::string& other : paths) alike += last_words(other, n) == name;
            return alike == 1 && std::isdigit(static_cast<unsigned char>(name[0])) == 0;
        };
        while (n < most && !tells(last_words(path, n))) ++n;
        names.push_back(last_words(path, n));
    }
    return names;
}

} // namespace lamina
