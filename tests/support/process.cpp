#include "support/process.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace lamina::test {
namespace {

[[noreturn]] void fail(const std::string& what) {
    throw std::runtime_error(what + ": " + std::strerror(errno));
}

/// A pipe whose ends close themselves.
struct Pipe {
    int read_end = -1, write_end = -1;
    Pipe() {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) != 0) fail("pipe");
        read_end = ends[0];
        write_end = ends[1];
    }
    ~Pipe() {
        close_end(read_end);
        close_end(write_end);
    }
    static void close_end(int& end) {
        if (end >= 0) close(end);
        end = -1;
    }
};

/// Our environment with the changes applied, as "NAME=value" lines.
std::vector<std::string>
changed_environment(const std::map<std::string, std::optional<std::string>>& changes) {
    std::vector<std::string> lines;
    for (char** entry = environ; *entry; ++entry) {
        const std::string line = *entry;
        if (changes.count(line.substr(0, line.find('='))) == 0) lines.push_back(line);
    }
    for (const auto& [name, value] : changes)
        if (value) lines.push_back(name + "=" + *value);
    return lines;
}

std::vector<char*> pointers(std::vector<std::string>& lines) {
    std::vector<char*> result;
    for (std::string& line : lines) result.push_back(line.data());
    result.push_back(nullptr);
    return result;
}

/// Appends what can be read; closes the end at end of file.
void drain(int& end, std::string& into) {
    char buffer[65536];
    const ssize_t n = read(end, buffer, sizeof buffer);
    if (n > 0)
        into.append(buffer, static_cast<std::size_t>(n));
    else if (n == 0 || (errno != EINTR && errno != EAGAIN))
        Pipe::close_end(end);
}

/// Feeds the input; closes the end when all is written or nobody reads any more.
void feed(int& end, const std::string& input, std::size_t& written) {
    const ssize_t n = write(end, input.data() + written, input.size() - written);
    if (n > 0) written += static_cast<std::size_t>(n);
    if (written == input.size() || (n < 0 && errno != EINTR && errno != EAGAIN))
        Pipe::close_end(end);
}

} // namespace

TemporaryDirectory::TemporaryDirectory() {
    std::string name = std::filesystem::temp_directory_path() / "lamina-test-XXXXXX";
    if (!mkdtemp(name.data())) fail("cannot make " + name);
    path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + path.string());
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void write_file(const std::filesystem::path& path, const std::string& bytes) {
    if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path());
    std::ofstream file(path, std::ios::binary);
    file << bytes;
    if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
}

void write_program(const std::filesystem::path& path, const std::string& body) {
    write_file(path, "#!/bin/bash\n" + body + "\n");
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
}

ProcessResult run_process(const std::vector<std::string>& arguments,
                          const ProcessOptions& options) {
    // everything that needs memory is made before the fork
    std::vector<std::string> words = arguments;
    std::vector<std::string> variables = changed_environment(options.environment);
    const std::vector<char*> argv = pointers(words), envp = pointers(variables);
    const std::string directory = options.directory.string();
    Pipe in, out, err;

    const pid_t child = fork();
    if (child < 0) fail("fork");
    if (child == 0) {
        setpgid(0, 0);
        dup2(in.read_end, STDIN_FILENO);
        dup2(out.write_end, STDOUT_FILENO);
        dup2(err.write_end, STDERR_FILENO);
        if (directory.empty() || chdir(directory.c_str()) == 0)
            execvpe(argv[0], argv.data(), envp.data());
        _exit(127);
    }
    Pipe::close_end(in.read_end);
    Pipe::close_end(out.write_end);
    Pipe::close_end(err.write_end);
    fcntl(in.write_end, F_SETFL, O_NONBLOCK);

    // a child that closes its stdin early must not kill the test
    struct sigaction ignore = {}, before = {};
    ignore.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &ignore, &before);

    ProcessResult result;
    std::size_t written = 0;
    if (options.input.empty()) Pipe::close_end(in.write_end);
    const auto end =
        std::chrono::steady_clock::now() + std::chrono::duration<double>(options.timeout_s);
    while (out.read_end >= 0 || err.read_end >= 0) {
        if (!result.timed_out && std::chrono::steady_clock::now() > end) {
            result.timed_out = true;
            kill(-child, SIGKILL);
        }
        pollfd ends[] = {
            {out.read_end, POLLIN, 0}, {err.read_end, POLLIN, 0}, {in.write_end, POLLOUT, 0}};
        if (poll(ends, 3, 50) <= 0) continue;
        if (ends[0].revents) drain(out.read_end, result.out);
        if (ends[1].revents) drain(err.read_end, result.err);
        if (ends[2].revents) feed(in.write_end, options.input, written);
    }

    // it may outlive its output
    int status = 0;
    while (waitpid(child, &status, result.timed_out ? 0 : WNOHANG) == 0) {
        if (std::chrono::steady_clock::now() > end) {
            result.timed_out = true;
            kill(-child, SIGKILL);
        }
        poll(nullptr, 0, 2);
    }
    sigaction(SIGPIPE, &before, nullptr);
    result.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return result;
}

ProcessResult run_lamina(std::vector<std::string> arguments, const ProcessOptions& options) {
    arguments.insert(arguments.begin(), LAMINA_BINARY);
    return run_process(arguments, options);
}

} // namespace lamina::test
