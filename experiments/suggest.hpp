/// "Did you mean": the nearest of the words that are valid at a place.
#pragma once

#include <string>
#include <vector>

namespace lamina {

/// Damerau-Levenshtein distance (insert, delete, replace, swap of neighbours) between two words, in
/// bytes; counting stops above `limit`, and limit + 1 is returned.
int edit_distance(const std::string& a, const std::string& b, int limit);

/// The candidate nearest to `word`, or "" when none is near: equal but for case and - or _, or at a
/// distance <= 2 that is at most a third of the length of the word.
std::string nearest_word(const std::string& word, const std::vector<std::string>& candidates);

/// "`a`, `b` or `c`", for messages.
std::string quoted_list(const std::vector<std::string>& words, const char* last = "or");

} // namespace lamina
