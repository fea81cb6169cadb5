#include "sim/run_file/folder.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "sim/run_file/atomic_file.hpp"
#include "sim/run_file/io_error.hpp"

namespace lamina {
namespace {

constexpr int deepest = 4; ///< components of a name

[[noreturn]] void fail_at_folder(int error, const std::string& doing, const std::string& path,
                                 const std::string& advice) {
    throw IoError(error,
                  fmt::format("cannot {} {}: {}; {}", doing, path, std::strerror(error), advice));
}

bool reserved_on_windows(std::string component) {
    component = component.substr(0, component.find('.'));
    for (char& c : component) c = char(std::tolower((unsigned char)c));
    for (const char* word : {"con", "prn", "aux", "nul"})
        if (component == word) return true;
    return component.size() == 4 && std::isdigit((unsigned char)component[3]) &&
           (component.substr(0, 3) == "com" || component.substr(0, 3) == "lpt");
}

bool good_component(const std::string& component) {
    // plain ASCII, whatever the locale says
    const auto letter_or_digit = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    const auto allowed = [&](char c) {
        return letter_or_digit(c) || c == '.' || c == '_' || c == '-';
    };
    return !component.empty() && component.size() <= 128 && letter_or_digit(component[0]) &&
           component.back() != '.' && std::all_of(component.begin(), component.end(), allowed) &&
           !reserved_on_windows(component);
}

std::vector<std::string> components_of(const std::string& name) {
    std::vector<std::string> components;
    for (std::size_t from = 0; from <= name.size();) {
        const std::size_t to = std::min(name.find('/', from), name.size());
        components.push_back(name.substr(from, to - from));
        from = to + 1;
    }
    return components;
}

/// A refused name as a message may show it: no control characters, not endless.
std::string printable(const std::string& name) {
    std::string shown;
    for (const char c : name.substr(0, 60))
        shown +=
            c >= ' ' && c <= '~' ? std::string(1, c) : fmt::format("\\x{:02x}", (unsigned char)c);
    return name.size() > 60 ? shown + "..." : shown;
}

OpenFile open_folder(int beneath, const std::string& name, const std::string& shown) {
    const int opened =
        uninterrupted([&] { return vfs().open(beneath, name, O_RDONLY | O_DIRECTORY, 0); });
    // a link where a folder is due is reported as such, or as no folder
    if (opened < 0)
        fail_at_folder(-opened, "open folder", shown, "check that it exists and is no link");
    return OpenFile(opened);
}

/// Names in an open folder, sorted, without "." and "..".
std::vector<std::string> names_in(int folder, const std::string& shown) {
    // the stream takes over a second descriptor, so that the folder can be read again
    OpenFile again = open_folder(folder, ".", shown);
    const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(again.get()), ::closedir);
    if (!stream) fail_at_folder(errno, "list folder", shown, "check that you may read it");
    again.release();
    std::vector<std::string> names;
    for (errno = 0; const dirent* entry = ::readdir(stream.get()); errno = 0)
        if (std::strcmp(entry->d_name, ".") != 0 && std::strcmp(entry->d_name, "..") != 0)
            names.push_back(entry->d_name);
    if (errno != 0) fail_at_folder(errno, "list folder", shown, "check that you may read it");
    std::sort(names.begin(), names.end());
    return names;
}

/// Calls visit(folder, name, relative path, status) for all beneath that is not a folder.
template <class Visit>
void walk(int folder, const std::string& above, const std::string& shown, int depth, Visit visit) {
    for (const std::string& name : names_in(folder, shown)) {
        struct stat status {};
        if (::fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) continue;
        if (S_ISDIR(status.st_mode) && depth < 2 * deepest)
            walk(open_folder(folder, name, shown + "/" + name).get(), above + name + "/",
                 shown + "/" + name, depth + 1, visit);
        else
            visit(folder, name, above + name, status);
    }
}

} // namespace

void check_file_name(const std::string& name) {
    const std::vector<std::string> components = components_of(name);
    if (components.size() <= deepest &&
        std::all_of(components.begin(), components.end(), good_component))
        return;
    throw FormatError(fmt::format(
        "file name `{}` is refused; use letters, digits, '.', '_' and '-', begin with a letter or "
        "digit, at most 128 characters, and stay within the output folder",
        printable(name)));
}

Folder Folder::open(const std::filesystem::path& path) {
    return Folder(path, open_folder(Vfs::any_folder, path.string(), path.string()));
}

Folder Folder::create(const std::filesystem::path& wanted) {
    std::filesystem::path path = wanted.lexically_normal();
    if (!path.has_filename()) path = path.parent_path(); // "runs/first/"
    const std::string name = path.filename().string();
    if (name.empty() || name == "." || name == "..")
        throw FormatError(fmt::format("`{}` names no new folder", wanted.string()));

    // the folders above, from the top
    std::filesystem::path above;
    for (const auto& component : path.parent_path()) {
        above /= component;
        const int made =
            uninterrupted([&] { return vfs().make_folder(Vfs::any_folder, above.string(), 0777); });
        if (made < 0 && made != -EEXIST && made != -EROFS && made != -EACCES)
            fail_at_folder(-made, "make folder", above.string(), "choose another output folder");
    }
    const std::string above_name = above.empty() ? "." : above.string();
    const OpenFile parent = open_folder(Vfs::any_folder, above_name, above_name);

    // the folder itself: new, or not at all
    const int made = uninterrupted([&] { return vfs().make_folder(parent.get(), name, 0777); });
    if (made == -EEXIST)
        throw IoError(EEXIST,
                      fmt::format("{} exists already, and results are never overwritten; choose "
                                  "another output folder or remove it",
                                  path.string()));
    if (made < 0)
        fail_at_folder(-made, "make folder", path.string(), "choose another output folder");
    const int synced = uninterrupted([&] { return vfs().sync(parent.get()); });
    if (synced < 0) fail_at_folder(-synced, "sync folder", above_name, "the disk may be faulty");
    return Folder(path, open_folder(parent.get(), name, path.string()));
}

Folder Folder::create_unused(const std::filesystem::path& path) {
    std::string plain = path.string();
    while (plain.size() > 1 && plain.back() == '/') plain.pop_back();
    for (int attempt = 1;; ++attempt) {
        try {
            return create(attempt == 1 ? plain : fmt::format("{}-{}", plain, attempt));
        } catch (const IoError& error) {
            if (error.code().value() != EEXIST || attempt >= 9999) throw;
        }
    }
}

/// Walks down to the folder that holds `name`; `last` becomes the last component.
OpenFile Folder::folder_of(const std::string& name, bool make, std::string& last) const {
    check_file_name(name);
    const std::vector<std::string> components = components_of(name);
    last = components.back();
    std::string shown = path_.string();
    OpenFile here = open_folder(opened_.get(), ".", shown);
    for (std::size_t i = 0; i + 1 < components.size(); ++i) {
        shown += "/" + components[i];
        if (make) {
            const int made =
                uninterrupted([&] { return vfs().make_folder(here.get(), components[i], 0777); });
            if (made < 0 && made != -EEXIST)
                fail_at_folder(-made, "make folder", shown, "choose another output folder");
            if (made == 0) {
                const int synced = uninterrupted([&] { return vfs().sync(here.get()); });
                if (synced < 0)
                    fail_at_folder(-synced, "sync the folder of", shown, "the disk may be faulty");
            }
        }
        here = open_folder(here.get(), components[i], shown);
    }
    return here;
}

void Folder::write(const std::string& name, const void* bytes, std::size_t n) const {
    std::string last;
    const OpenFile folder = folder_of(name, true, last);
    write_atomically_in(folder.get(), last, bytes, n, (path_ / name).string());
}

void Folder::write(const std::string& name, const std::vector<std::byte>& bytes) const {
    write(name, bytes.data(), bytes.size());
}

void Folder::write(const std::string& name, const std::string& text) const {
    write(name, text.data(), text.size());
}

std::vector<std::byte> Folder::read(const std::string& name) const {
    std::string last;
    const OpenFile folder = folder_of(name, false, last);
    return read_whole_in(folder.get(), last, (path_ / name).string());
}

namespace {

/// What a claim says; "" for what is none.
std::string owner_in(int folder, const std::string& name) {
    char owner[256];
    const ssize_t n = ::readlinkat(folder, name.c_str(), owner, sizeof owner);
    return n > 0 ? std::string(owner, std::size_t(n)) : "";
}

} // namespace

void Folder::make_subfolder(const std::string& name) const {
    std::string last;
    folder_of(name + "/inside", true, last);
}

bool Folder::claim(const std::string& name, const std::string& owner) const {
    std::string last;
    const OpenFile folder = folder_of(name, false, last);
    const int made = uninterrupted([&] { return vfs().make_link(folder.get(), last, owner); });
    // a network disk may answer so although the link was made, when it was asked twice
    if (made == -EEXIST) return owner_in(folder.get(), last) == owner;
    if (made < 0)
        fail_at_folder(-made, "claim", (path_ / name).string(),
                       made == -ENOSPC ? "free space on that disk, then run again"
                                       : "choose a disk that has symbolic links");
    return true;
}

std::vector<std::pair<std::string, std::string>>
Folder::claims_in(const std::string& subfolder) const {
    std::string last;
    const OpenFile folder = folder_of(subfolder + "/inside", false, last);
    std::vector<std::pair<std::string, std::string>> claims;
    for (const std::string& name : names_in(folder.get(), (path_ / subfolder).string())) {
        claims.emplace_back(name, owner_in(folder.get(), name));
        if (claims.back().second.empty())
            throw FormatError(fmt::format("{} is no claim: a symbolic link was written there; were "
                                          "links followed when the folder was copied? Copy it with "
                                          "its links",
                                          (path_ / subfolder / name).string()));
    }
    return claims;
}

int Folder::open_new(const std::string& name) const {
    std::string last;
    const OpenFile folder = folder_of(name, true, last);
    OpenFile file(uninterrupted([&] {
        return vfs().open(folder.get(), last, O_WRONLY | O_CREAT | O_EXCL | O_APPEND, 0666);
    }));
    if (file.get() < 0) return file.release();
    const int synced = uninterrupted([&] { return vfs().sync(folder.get()); });
    return synced < 0 ? synced : file.release();
}

bool Folder::rename(const std::string& from, const std::string& to) const {
    std::string last_from, last_to;
    const OpenFile folder = folder_of(from, false, last_from);
    folder_of(to, false, last_to);
    const int renamed =
        uninterrupted([&] { return vfs().rename(folder.get(), last_from, last_to); });
    if (renamed == -EEXIST || renamed == -ENOTEMPTY || renamed == -ENOTDIR) return false;
    struct stat there {};
    // a network disk that was asked twice
    if (renamed == -ENOENT && ::fstatat(folder.get(), last_to.c_str(), &there, 0) == 0) return true;
    if (renamed < 0)
        fail_at_folder(-renamed, "rename", (path_ / from).string(), "the disk may be faulty");
    const int synced = uninterrupted([&] { return vfs().sync(folder.get()); });
    if (synced < 0)
        fail_at_folder(-synced, "sync the folder of", (path_ / to).string(),
                       "the disk may be faulty");
    return true;
}

std::vector<std::string> Folder::files() const {
    std::vector<std::string> names;
    walk(opened_.get(), "", path_.string(), 0,
         [&](int, const std::string&, const std::string& path, const struct stat&) {
             names.push_back(path);
         });
    std::sort(names.begin(), names.end());
    return names;
}

std::vector<std::string> Folder::remove_stale_temporaries(double unchanged_for_s) const {
    const auto writer_is_gone = [](long pid) {
        // a process of our own number that is not us: it died before we began
        if (pid == ::getpid()) return writes_in_flight() == 0;
        return ::kill(pid_t(pid), 0) != 0 && errno == ESRCH;
    };
    std::vector<std::string> removed;
    walk(opened_.get(), "", path_.string(), 0,
         [&](int folder, const std::string& name, const std::string& path,
             const struct stat& status) {
             long pid = 0;
             if (!S_ISREG(status.st_mode) || !is_temporary(name, pid)) return;
             if (!writer_is_gone(pid)) return;
             if (std::difftime(std::time(nullptr), status.st_mtime) < unchanged_for_s) return;
             const int gone = uninterrupted([&] { return vfs().unlink(folder, name); });
             if (gone == 0) removed.push_back(path);
         });
    return removed;
}

} // namespace lamina
