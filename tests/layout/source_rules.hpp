/// The rules of the tree that no compiler checks: who may include whom, which library appears
/// where, and what no file of ours contains. docs/testing.md states them in words.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace lamina::test {

/// One broken rule, at one line.
struct Violation {
    std::string file; ///< relative to the root, with '/'
    int line = 0;     ///< from 1; 0: the file as a whole
    std::string what;
};

std::string to_string(const Violation&);

/// Every broken rule of the tree below `root`, in order of file and line. Build folders and folders
/// whose name begins with a dot (but .ci) are not read.
std::vector<Violation> check_tree(const std::filesystem::path& root);

/// Names of files below `root` that the rules read: sources, and texts of ours.
std::vector<std::string> files_of(const std::filesystem::path& root);

/// A source with comments, string and character literals blanked; line breaks stay. `#include`
/// lines keep their names.
std::string code_only(const std::string& source);

} // namespace lamina::test
