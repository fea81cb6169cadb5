/// The one seam through which files are opened, written, synced, renamed and removed. Nothing else
/// in Lamina calls these; tests put a failing one in its place and see every failure handled.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace lamina {

/// Each function does what the system call of its name does, and returns its value, or -errno.
/// A name is one path component, taken relative to the open folder `folder` and never followed
/// when it is a symbolic link; `any_folder` takes a whole path instead and follows links.
struct Vfs {
    static constexpr int any_folder = -100; ///< AT_FDCWD

    virtual ~Vfs() = default;
    virtual int open(int folder, const std::string& name, int flags, unsigned mode) = 0;
    virtual long write(int file, const void* bytes, std::size_t n) = 0;
    virtual long read_at(int file, void* bytes, std::size_t n, std::int64_t offset) = 0;
    virtual int sync(int file) = 0;
    virtual int close(int file) = 0;
    virtual int rename(int folder, const std::string& from, const std::string& to) = 0;
    virtual int unlink(int folder, const std::string& name) = 0;
    virtual int make_folder(int folder, const std::string& name, unsigned mode) = 0;
    /// A symbolic link that holds `text`; -EEXIST when the name is taken.
    virtual int make_link(int folder, const std::string& name, const std::string& text) = 0;
    /// Bytes that an ordinary user can still write there; -1 if unknown.
    virtual std::int64_t free_bytes(int folder) = 0;
};

/// The Vfs in use: the operating system's, unless a test has put another in its place.
Vfs& vfs();

/// Puts `other` in place of the Vfs in use for the lifetime of this object. For tests only: not
/// while another thread writes.
class ReplacedVfs {
  public:
    explicit ReplacedVfs(Vfs& other);
    ~ReplacedVfs();
    ReplacedVfs(const ReplacedVfs&) = delete;
    ReplacedVfs& operator=(const ReplacedVfs&) = delete;

  private:
    Vfs* before_;
};

/// An open file or folder, closed when it goes out of scope.
class OpenFile {
  public:
    OpenFile() = default;
    explicit OpenFile(int file) : file_(file) {}
    OpenFile(OpenFile&& other) noexcept : file_(other.release()) {}
    OpenFile& operator=(OpenFile&& other) noexcept;
    ~OpenFile();

    int get() const { return file_; }
    int release();
    /// Closes it now; returns 0 or -errno. EINTR counts as closed: the file is gone either way.
    int close();

  private:
    int file_ = -1;
};

/// Calls `f` until it is not interrupted by a signal (-EINTR), at most 1000 times.
template <class F> auto uninterrupted(F f) {
    constexpr int interrupted = -4; // EINTR
    auto result = f();
    for (int again = 0; result == interrupted && again < 1000; ++again) result = f();
    return result;
}

} // namespace lamina
