#include "sim/run_file/vfs.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <fmt/format.h>

#include "sim/run_file/io_error.hpp"

namespace lamina {

static_assert(Vfs::any_folder == AT_FDCWD && EINTR == 4);

namespace {

template <class Result> Result or_errno(Result result) {
    return result < 0 ? Result(-errno) : result;
}

struct PosixVfs : Vfs {
    int open(int folder, const std::string& name, int flags, unsigned mode) override {
        // a link is followed only in a path that the user wrote
        if (folder != any_folder) flags |= O_NOFOLLOW;
        return or_errno(::openat(folder, name.c_str(), flags | O_CLOEXEC, mode));
    }
    long write(int file, const void* bytes, std::size_t n) override {
        return or_errno(long(::write(file, bytes, n)));
    }
    long read_at(int file, void* bytes, std::size_t n, std::int64_t offset) override {
        return or_errno(long(::pread(file, bytes, n, offset)));
    }
    int sync(int file) override { return or_errno(::fsync(file)); }
    int close(int file) override { return or_errno(::close(file)); }
    int rename(int folder, const std::string& from, const std::string& to) override {
        return or_errno(::renameat(folder, from.c_str(), folder, to.c_str()));
    }
    int unlink(int folder, const std::string& name) override {
        return or_errno(::unlinkat(folder, name.c_str(), 0));
    }
    int make_folder(int folder, const std::string& name, unsigned mode) override {
        return or_errno(::mkdirat(folder, name.c_str(), mode));
    }
    int make_link(int folder, const std::string& name, const std::string& text) override {
        return or_errno(::symlinkat(text.c_str(), folder, name.c_str()));
    }
    std::int64_t free_bytes(int folder) override {
        struct statvfs disk {};
        if (::fstatvfs(folder, &disk) != 0) return -1;
        return std::int64_t(disk.f_bavail) * std::int64_t(disk.f_frsize);
    }
};

PosixVfs posix;
Vfs* in_use = &posix;

} // namespace

Vfs& vfs() { return *in_use; }

ReplacedVfs::ReplacedVfs(Vfs& other) : before_(in_use) { in_use = &other; }
ReplacedVfs::~ReplacedVfs() { in_use = before_; }

OpenFile& OpenFile::operator=(OpenFile&& other) noexcept {
    if (this != &other) {
        close();
        file_ = other.release();
    }
    return *this;
}

OpenFile::~OpenFile() { close(); }

int OpenFile::release() {
    const int file = file_;
    file_ = -1;
    return file;
}

int OpenFile::close() {
    if (file_ < 0) return 0;
    const int result = vfs().close(release());
    return result == -EINTR ? 0 : result;
}

std::string readable_bytes(std::uint64_t bytes) {
    if (bytes < 10'000) return fmt::format("{} bytes", bytes);
    const char* const units[] = {"kB", "MB", "GB", "TB"};
    double number = double(bytes) / 1000;
    int unit = 0;
    for (; number >= 999.95 && unit < 3; ++unit) number /= 1000;
    return fmt::format("{:.1f} {}", number, units[unit]);
}

} // namespace lamina
