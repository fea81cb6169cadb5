/// What tests need around the program: a directory that vanishes again, whole files, and a child
/// process that is started directly, never through a shell.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace lamina::test {

/// A fresh empty directory; removed with everything in it when the object goes out of scope.
/// @throws std::runtime_error when it cannot be made
class TemporaryDirectory {
  public:
    TemporaryDirectory();
    ~TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

/// The bytes of a file. @throws std::runtime_error naming the file when it cannot be read
std::string read_file(const std::filesystem::path&);

/// Writes the bytes, making the folders above. @throws std::runtime_error naming the file
void write_file(const std::filesystem::path&, const std::string& bytes);

/// Writes a bash script that can be run.
void write_program(const std::filesystem::path&, const std::string& body);

struct ProcessOptions {
    std::filesystem::path directory; ///< where it runs; empty: here
    std::string input;               ///< what it reads on stdin
    /// Variables set on top of ours; std::nullopt takes one away.
    std::map<std::string, std::optional<std::string>> environment;
    double timeout_s = 300; ///< afterwards its process group is killed
};

struct ProcessResult {
    int exit_code =
        -1; ///< as a shell counts: 128 + signal when one killed it; 127: no such program
    bool timed_out = false;
    std::string out, err; ///< everything on stdout and on stderr
};

/// Runs `arguments[0]` (a path, or a name looked up in our PATH) and waits for it.
/// @throws std::runtime_error when no process can be made
ProcessResult run_process(const std::vector<std::string>& arguments, const ProcessOptions& = {});

/// The same with the `lamina` that was built beside the tests.
ProcessResult run_lamina(std::vector<std::string> arguments, const ProcessOptions& = {});

} // namespace lamina::test
