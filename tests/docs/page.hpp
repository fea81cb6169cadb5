/// A page of docs/ as a list of its fenced blocks, so that tests can run what it says.
#pragma once

#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "support/process.hpp"

namespace lamina::test {

/// One block between ``` lines.
struct Block {
    std::string kind; ///< the word behind the opening: sh, text, python, cpp
    std::string text; ///< its lines, each with its line break
    int line = 0;     ///< of the opening, from 1
};

inline std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

inline std::vector<Block> blocks_of(const std::string& page) {
    std::vector<Block> blocks;
    bool inside = false;
    int number = 0;
    for (const std::string& line : lines_of(page)) {
        ++number;
        if (line.rfind("```", 0) == 0) {
            if (!inside) blocks.push_back({line.substr(3), "", number});
            inside = !inside;
        } else if (inside) {
            blocks.back().text += line + "\n";
        }
    }
    return blocks;
}

/// The words of a line, with every word that holds a digit as "#": two outputs are alike when only
/// their numbers differ. NaN and an absent number are numbers.
inline std::string without_numbers(const std::string& line) {
    std::istringstream words(line);
    std::string out;
    for (std::string word; words >> word;) {
        const bool number = word.find_first_of("0123456789") != std::string::npos ||
                            word.find("nan") != std::string::npos;
        out += (out.empty() ? "" : " ") + (number ? "#" : word);
    }
    return out;
}

/// Is there a line in `output` like this one? "..." stands for anything.
inline bool has_line_like(const std::string& output, const std::string& line) {
    std::string pattern;
    for (const char c : without_numbers(line)) {
        if (std::string("\\^$.|?*+()[]{}").find(c) != std::string::npos) pattern += '\\';
        pattern += c;
    }
    pattern = std::regex_replace(pattern, std::regex("\\\\\\.\\\\\\.\\\\\\."), ".*");
    for (const std::string& candidate : lines_of(output))
        if (std::regex_match(without_numbers(candidate), std::regex(pattern))) return true;
    return false;
}

} // namespace lamina::test
