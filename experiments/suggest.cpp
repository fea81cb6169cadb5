#include "experiments/suggest.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace lamina {
namespace {

/// Lower case, and - written as _.
std::string folded(const std::string& word) {
    std::string result;
    for (const char c : word)
        result += c == '-' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return result;
}

} // namespace

int edit_distance(const std::string& a, const std::string& b, int limit) {
    const int n = static_cast<int>(a.size()), m = static_cast<int>(b.size());
    if (std::abs(n - m) > limit || n > 200 || m > 200) return limit + 1;

    // rows of the dynamic programme: distance of the first i letters of a to the first j of b
    std::vector<std::vector<int>> d(n + 1, std::vector<int>(m + 1));
    for (int i = 0; i <= n; ++i) d[i][0] = i;
    for (int j = 0; j <= m; ++j) d[0][j] = j;
    for (int i = 1; i <= n; ++i)
        for (int j = 1; j <= m; ++j) {
            d[i][j] = std::min(
                {d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1])});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
        }
    return std::min(d[n][m], limit + 1);
}

std::string nearest_word(const std::string& word, const std::vector<std::string>& candidates) {
    for (const std::string& candidate : candidates)
        if (folded(candidate) == folded(word)) return candidate;

    const int limit = std::min(2, static_cast<int>(word.size()) / 3);
    std::string nearest;
    int smallest = limit + 1;
    for (const std::string& candidate : candidates) {
        const int distance = edit_distance(word, candidate, limit);
        if (distance < smallest) {
            smallest = distance;
            nearest = candidate;
        }
    }
    return nearest;
}

std::string quoted_list(const std::vector<std::string>& words, const char* last) {
    std::string out;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) out += i + 1 == words.size() ? std::string(" ") + last + " " : ", ";
        out += "`" + words[i] + "`";
    }
    return out;
}

} // namespace lamina
