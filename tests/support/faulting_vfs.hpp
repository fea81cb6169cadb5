/// A Vfs that fails at one chosen operation, so that a test can visit every one of them.
#pragma once

#include <cerrno>
#include <string>
#include <unistd.h>
#include <vector>

#include "sim/run_file/vfs.hpp"

namespace lamina::test {

enum class Fault {
    no_space,    ///< ENOSPC
    io_error,    ///< EIO
    interrupted, ///< EINTR
    short_write, ///< half of the bytes are written, without an error
    killed       ///< the process ends there; a write is torn in the middle
};

/// Counts every operation from 0 and lets number `at` fail, once or from there on for ever.
class FaultingVfs : public Vfs {
  public:
    FaultingVfs(Fault fault, long at, bool for_ever = false)
        : fault_(fault), at_(at), for_ever_(for_ever), real_(vfs()) {}

    bool fired() const { return fired_; }
    const std::vector<std::string>& operations() const { return operations_; } ///< all, in order
    const std::vector<std::string>& failed() const { return failed_; }

    int open(int folder, const std::string& name, int flags, unsigned mode) override {
        const int error = fault("open");
        return error ? error : real_.open(folder, name, flags, mode);
    }
    long write(int file, const void* bytes, std::size_t n) override {
        if (fault_ == Fault::short_write || fault_ == Fault::killed) {
            if (!fires("write")) return real_.write(file, bytes, n);
            const long written = real_.write(file, bytes, (n + 1) / 2);
            if (fault_ == Fault::killed) ::_exit(137);
            return written;
        }
        const int error = fault("write");
        return error ? error : real_.write(file, bytes, n);
    }
    long read_at(int file, void* bytes, std::size_t n, std::int64_t offset) override {
        const int error = fault("read");
        return error ? error : real_.read_at(file, bytes, n, offset);
    }
    int sync(int file) override {
        const int error = fault("sync");
        return error ? error : real_.sync(file);
    }
    int close(int file) override {
        // as in Linux, the descriptor is gone even when close reports an error
        const int error = fault("close");
        const int result = real_.close(file);
        return error ? error : result;
    }
    int rename(int folder, const std::string& from, const std::string& to) override {
        const int error = fault("rename");
        return error ? error : real_.rename(folder, from, to);
    }
    int unlink(int folder, const std::string& name) override {
        const int error = fault("unlink");
        return error ? error : real_.unlink(folder, name);
    }
    int make_folder(int folder, const std::string& name, unsigned mode) override {
        const int error = fault("make_folder");
        return error ? error : real_.make_folder(folder, name, mode);
    }
    int make_link(int folder, const std::string& name, const std::string& text) override {
        const int error = fault("make_link");
        return error ? error : real_.make_link(folder, name, text);
    }
    std::int64_t free_bytes(int folder) override { return real_.free_bytes(folder); }

  private:
    bool fires(const char* operation) {
        const long now = long(operations_.size());
        operations_.push_back(operation);
        if (!(now == at_ || (for_ever_ && now > at_))) return false;
        fired_ = true;
        failed_.push_back(operation);
        return true;
    }
    int fault(const char* operation) {
        if (!fires(operation)) return 0;
        switch (fault_) {
        case Fault::no_space:
            return -ENOSPC;
        case Fault::io_error:
            return -EIO;
        case Fault::interrupted:
            return -EINTR;
        case Fault::short_write:
            return 0;
        case Fault::killed:
            ::_exit(137);
        }
        return 0;
    }

    Fault fault_;
    long at_;
    bool for_ever_;
    Vfs& real_;
    bool fired_ = false;
    std::vector<std::string> operations_, failed_;
};

} // namespace lamina::test
