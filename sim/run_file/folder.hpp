/// A folder held open, whose files are written and read beneath it and nowhere else.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "sim/run_file/vfs.hpp"

namespace lamina {

/// Refuses a file name that could leave the folder or surprise another machine. A name has one to
/// four components, joined by '/', each [A-Za-z0-9][A-Za-z0-9._-]{0,127}, not ending in '.', and
/// none that Windows reserves (con, nul, com1, ...).
/// @throws FormatError naming the name and the rule
void check_file_name(const std::string& name);

/// Every component of a name is opened from the folder above it and never through a symbolic link,
/// so that no name, and no link put there meanwhile, leads out of the folder.
class Folder {
  public:
    /// @throws IoError naming the path
    static Folder open(const std::filesystem::path& path);

    /// Makes the folder, and those above it that are missing. Never takes one that exists.
    /// @throws IoError with code() EEXIST if there is one, or whatever else of that name
    static Folder create(const std::filesystem::path& path);

    /// The same; if the name is taken, the first of path-2, path-3, ... that is free.
    static Folder create_unused(const std::filesystem::path& path);

    const std::filesystem::path& path() const { return path_; }

    /// Writes a file, whole or not at all (write_atomically); makes its subfolder.
    /// @throws FormatError for a name that is refused, IoError
    void write(const std::string& name, const void* bytes, std::size_t n) const;
    void write(const std::string& name, const std::vector<std::byte>& bytes) const;
    void write(const std::string& name, const std::string& text) const;

    /// @throws FormatError for a name that is refused or is no regular file, IoError
    std::vector<std::byte> read(const std::string& name) const;

    /// Makes a subfolder, and those above it, where they are missing.
    void make_subfolder(const std::string& name) const;

    /// Takes a name for an owner: a symbolic link that holds the owner's words and leads nowhere,
    /// made in one step by one process alone, on network disks too.
    /// @return whether the name was free  @throws IoError
    bool claim(const std::string& name, const std::string& owner) const;
    /// Names and owners of all claims in a subfolder. @throws FormatError for what is no claim
    std::vector<std::pair<std::string, std::string>> claims_in(const std::string& subfolder) const;

    /// Opens a new file to append to, making its subfolder. @return the descriptor, or -errno
    int open_new(const std::string& name) const;

    /// Gives a file or folder another name in the same subfolder, for good.
    /// @return false when a file, or a folder that is not empty, has that name @throws IoError
    bool rename(const std::string& from, const std::string& to) const;

    /// Names of everything beneath that is not a folder, sorted; temporaries and links included.
    std::vector<std::string> files() const;

    /// Removes temporaries of writers that are gone, here and in subfolders; returns their names.
    /// Process numbers are those of this machine: where several machines write, ask for some
    /// minutes without change.
    /// @param unchanged_for_s  a temporary changed more recently is left, in s
    std::vector<std::string> remove_stale_temporaries(double unchanged_for_s = 0) const;

  private:
    Folder(std::filesystem::path path, OpenFile opened)
        : path_(std::move(path)), opened_(std::move(opened)) {}
    OpenFile folder_of(const std::string& name, bool make, std::string& last) const;

    std::filesystem::path path_;
    OpenFile opened_;
};

} // namespace lamina
