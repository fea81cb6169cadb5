#include "sim/run_file/atomic_file.hpp"

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "sim/run_file/io_error.hpp"
#include "sim/run_file/vfs.hpp"

namespace lamina {
namespace {

std::atomic<int> in_flight{0};
struct InFlight {
    InFlight() { ++in_flight; }
    ~InFlight() { --in_flight; }
};

std::string advice_for(int error) {
    switch (error) {
    case EACCES:
    case EPERM:
    case EROFS:
        return "choose a folder that you may write to";
    case ENOENT:
    case ENOTDIR:
        return "check that the folder exists";
    case EIO:
        return "the disk or its connection is faulty; choose another disk and run again";
    case ELOOP:
        return "a symbolic link is not followed there; use the real file";
    case EMFILE:
    case ENFILE:
        return "too many files are open; raise `ulimit -n`";
    case EFBIG:
        return "raise the limit on file sizes (`ulimit -f`)";
    default:
        return "mend that, then run again";
    }
}

[[noreturn]] void fail_at_file(int error, const std::string& doing, const std::string& file,
                               const std::string& remark = "") {
    throw IoError(error, fmt::format("cannot {} {}: {}{}; {}", doing, file, std::strerror(error),
                                     remark, advice_for(error)));
}

/// A write failed: says what was needed and what there is, so that the reader can make room.
[[noreturn]] void fail_writing(int error, int folder, std::size_t needed, const std::string& file,
                               const std::string& remark) {
    if (error != ENOSPC && error != EDQUOT) fail_at_file(error, "write", file, remark);
    const std::int64_t free = vfs().free_bytes(folder);
    throw IoError(error,
                  fmt::format("{} while writing {} (needs {}, {} free){}; free space on "
                              "that disk or choose another output folder, then run again",
                              error == ENOSPC ? "no space left" : "disk quota reached", file,
                              readable_bytes(needed),
                              free < 0 ? "unknown" : readable_bytes(std::uint64_t(free)), remark));
}

/// Creates the temporary; if a process of our number died here before, the next free name.
int create_temporary(int folder, const std::string& name, std::string& temporary) {
    const std::string base = fmt::format(".{}.tmp.{}", name, ::getpid());
    int file = -EEXIST;
    for (int attempt = 0; file == -EEXIST && attempt < 1000; ++attempt) {
        temporary = attempt == 0 ? base : fmt::format("{}.{}", base, attempt);
        file = uninterrupted(
            [&] { return vfs().open(folder, temporary, O_WRONLY | O_CREAT | O_EXCL, 0666); });
    }
    return file;
}

/// All bytes, in pieces: a write may be interrupted, or take only a part. 0 or -errno.
int write_all(int file, const char* bytes, std::size_t n) {
    constexpr std::size_t piece = std::size_t(64) << 20; // so that a signal is never kept waiting
    for (std::size_t done = 0; done < n;) {
        const long written = uninterrupted(
            [&] { return vfs().write(file, bytes + done, std::min(piece, n - done)); });
        if (written < 0) return int(written);
        if (written == 0) return -EIO; // a regular file that takes nothing and reports nothing
        done += std::size_t(written);
    }
    return 0;
}

} // namespace

void write_atomically_in(int folder, const std::string& name, const void* bytes, std::size_t n,
                         const std::string& shown) {
    const InFlight counted;
    std::string temporary;
    const int created = create_temporary(folder, name, temporary);
    if (created < 0) fail_writing(-created, folder, n, shown, "");
    OpenFile file(created);

    // write, fsync and close the temporary, then let it take the name
    int error = write_all(file.get(), static_cast<const char*>(bytes), n);
    if (error == 0) error = uninterrupted([&] { return vfs().sync(file.get()); });
    const int closed = file.close();
    if (error == 0) error = closed;
    if (error == 0) error = uninterrupted([&] { return vfs().rename(folder, temporary, name); });
    if (error < 0) {
        const int removed = uninterrupted([&] { return vfs().unlink(folder, temporary); });
        const bool gone = removed == 0 || removed == -ENOENT;
        fail_writing(-error, folder, n, shown,
                     gone ? "" : fmt::format("; {} was left beside it", temporary));
    }

    // the new name must outlive a power cut as well
    const int synced = uninterrupted([&] { return vfs().sync(folder); });
    if (synced < 0)
        fail_at_file(-synced, "sync the folder of", shown,
                     " (the new file is in place, but a power cut may still lose it)");
}

void write_atomically(const std::filesystem::path& path, const void* bytes, std::size_t n) {
    const std::string name = path.filename().string();
    if (name.empty() || name == "." || name == "..")
        throw FormatError(fmt::format("`{}` names no file; give a file name", path.string()));
    const std::string folder_path = path.has_parent_path() ? path.parent_path().string() : ".";
    const int opened = uninterrupted(
        [&] { return vfs().open(Vfs::any_folder, folder_path, O_RDONLY | O_DIRECTORY, 0); });
    if (opened < 0) fail_at_file(-opened, "open folder", folder_path);
    const OpenFile folder(opened);
    write_atomically_in(folder.get(), name, bytes, n, path.string());
}

void write_atomically(const std::filesystem::path& path, const std::vector<std::byte>& bytes) {
    write_atomically(path, bytes.data(), bytes.size());
}

void write_atomically(const std::filesystem::path& path, const std::string& text) {
    write_atomically(path, text.data(), text.size());
}

std::vector<std::byte> read_whole_in(int folder, const std::string& name,
                                     const std::string& shown) {
    // O_NONBLOCK: a pipe of that name must not make us wait for its writer
    const int opened =
        uninterrupted([&] { return vfs().open(folder, name, O_RDONLY | O_NONBLOCK, 0); });
    if (opened < 0) fail_at_file(-opened, "read", shown);
    const OpenFile file(opened);
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) fail_at_file(errno, "read", shown);
    if (!S_ISREG(status.st_mode)) throw FormatError(shown + " is not a regular file");

    // pread and not mmap: a file that shrinks meanwhile is then an error, not a signal
    std::vector<std::byte> bytes(std::size_t(status.st_size));
    std::size_t done = 0;
    while (done < bytes.size()) {
        const long n = uninterrupted([&] {
            return vfs().read_at(file.get(), bytes.data() + done, bytes.size() - done,
                                 std::int64_t(done));
        });
        if (n < 0) fail_at_file(int(-n), "read", shown);
        if (n == 0) break;
        done += std::size_t(n);
    }
    bytes.resize(done);
    return bytes;
}

std::vector<std::byte> read_whole(const std::filesystem::path& path) {
    return read_whole_in(Vfs::any_folder, path.string(), path.string());
}

std::string read_whole_text(const std::filesystem::path& path) {
    const std::vector<std::byte> bytes = read_whole(path);
    return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

bool is_temporary(const std::string& name, long& pid) {
    // .NAME.tmp.PID or .NAME.tmp.PID.N
    const std::size_t mark = name.rfind(".tmp.");
    if (name.size() < 2 || name[0] != '.' || mark == std::string::npos || mark < 2) return false;
    const std::string numbers = name.substr(mark + 5);
    const std::size_t digits = std::min(numbers.find('.'), numbers.size());
    const auto all_digits = [](const std::string& text) {
        return !text.empty() && text.size() < 10 &&
               std::all_of(text.begin(), text.end(),
                           [](unsigned char c) { return std::isdigit(c); });
    };
    if (!all_digits(numbers.substr(0, digits))) return false;
    if (digits < numbers.size() && !all_digits(numbers.substr(digits + 1))) return false;
    pid = std::stol(numbers.substr(0, digits));
    return true;
}

int writes_in_flight() { return in_flight; }

} // namespace lamina
