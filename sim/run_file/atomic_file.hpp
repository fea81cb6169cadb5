/// Files are written whole or not at all, and read whole.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace lamina {

/// Replaces `path` by these bytes, or leaves it as it was: a temporary `.name.tmp.<pid>` in the
/// same folder, write, fsync, close, rename, fsync of the folder. After a crash at any moment the
/// file is exactly the old or exactly the new one. When IoError is thrown the temporary is gone and
/// the file is the old one, unless the last step (fsync of the folder) failed: then it is the new
/// one, and the message says so. A failed fsync is never tried again: the kernel may have dropped
/// the data. A path that is a symbolic link is replaced, not followed.
/// @throws IoError naming the file, and for a full disk the bytes needed and the bytes free
void write_atomically(const std::filesystem::path& path, const void* bytes, std::size_t n);
void write_atomically(const std::filesystem::path& path, const std::vector<std::byte>& bytes);
void write_atomically(const std::filesystem::path& path, const std::string& text);

/// The same for a name (one component) in a folder that is already open.
/// @param shown  the path as messages name it
void write_atomically_in(int folder, const std::string& name, const void* bytes, std::size_t n,
                         const std::string& shown);

/// The whole file, read into memory. @throws IoError naming the file
std::vector<std::byte> read_whole(const std::filesystem::path& path);
std::string read_whole_text(const std::filesystem::path& path);

/// The same for a name (one component, no symbolic link) in an open folder.
std::vector<std::byte> read_whole_in(int folder, const std::string& name, const std::string& shown);

/// Whether a file name is the temporary of some write; if so, `pid` is the writer's.
bool is_temporary(const std::string& name, long& pid);

/// Number of atomic writes that this process has begun and not ended.
int writes_in_flight();

} // namespace lamina
