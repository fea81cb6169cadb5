#include "support/child.hpp"

#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace lamina::test {

ChildEnd in_child(const std::function<std::string()>& piece) {
    int ends[2];
    if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
    const pid_t child = ::fork();
    if (child < 0) throw std::runtime_error("no child");
    if (child == 0) {
        ::close(ends[0]);
        int code = 0;
        std::string said;
        try {
            said = piece();
        } catch (const std::exception& error) {
            said = std::string("threw: ") + error.what();
            code = 1;
        }
        if (::write(ends[1], said.data(), said.size()) != ssize_t(said.size())) code = 2;
        ::_exit(code);
    }

    ::close(ends[1]);
    ChildEnd end;
    char piece_of_text[4096];
    for (ssize_t n; (n = ::read(ends[0], piece_of_text, sizeof piece_of_text)) > 0;)
        end.said.append(piece_of_text, std::size_t(n));
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    end.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return end;
}

} // namespace lamina::test
