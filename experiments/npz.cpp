/// .npz: an archive after PKWARE's APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16, of which
/// only what numpy.savez writes is read. The central directory at the end says what there is;
/// nothing that it claims is believed unchecked.
#include <algorithm>
#include <cstdint>

#include <boost/crc.hpp>
#include <fmt/format.h>

#include "experiments/named_array.hpp"
#include "experiments/npy.hpp"
#include "sim/errors.hpp"

namespace lamina {
namespace {

class Archive {
  public:
    Archive(const std::string& bytes, const std::string& name) : bytes_(bytes), name_(name) {}

    NamedArrays arrays() {
        const std::size_t end = end_record();
        const std::size_t n_files = number(end + 10, 2);
        std::size_t at = number(end + 16, 4);
        if (n_files == 0xffff || at == 0xffffffff) fail(end, "is larger than 4 GiB");
        NamedArrays out;
        for (std::size_t i = 0; i < n_files; ++i) out.push_back(array(at));
        return out;
    }

  private:
    [[noreturn]] void fail(std::size_t at, const std::string& reason) const {
        throw SpecError(
            fmt::format("{}: {} (byte {}); save it as numpy.savez(\"weights.npz\", W_Q=..., ...)",
                        name_, reason, at));
    }
    /// A little-endian number of `n` bytes.
    std::size_t number(std::size_t at, std::size_t n) const {
        if (at > bytes_.size() || n > bytes_.size() - at) fail(at, "is cut short");
        std::size_t value = 0;
        for (std::size_t i = n; i-- > 0;)
            value = value << 8 | static_cast<unsigned char>(bytes_[at + i]);
        return value;
    }
    void expect_signature(std::size_t at, std::uint32_t signature, const char* what) const {
        if (number(at, 4) != signature) fail(at, fmt::format("has no {} where one is due", what));
    }

    /// Where the end record lies: behind it only a comment of up to 65535 bytes may stand.
    std::size_t end_record() const {
        constexpr std::size_t size = 22;
        if (bytes_.compare(0, 2, "PK") != 0) fail(0, "is not an .npz file");
        for (std::size_t back = size; back <= bytes_.size() && back <= size + 65535; ++back) {
            const std::size_t at = bytes_.size() - back;
            if (bytes_.compare(at, 4, "PK\x05\x06") == 0 && number(at + 20, 2) == back - size)
                return at;
        }
        fail(bytes_.size(), "is cut short: its directory is missing");
    }

    /// The file whose entry of the directory begins at `at`, which goes on to the next entry.
    NamedArray array(std::size_t& at) {
        const std::size_t entry = at;
        expect_signature(entry, 0x02014b50, "entry of the directory");
        const std::size_t flags = number(entry + 8, 2), method = number(entry + 10, 2);
        const std::size_t crc = number(entry + 16, 4), stored = number(entry + 20, 4),
                          size = number(entry + 24, 4), name_size = number(entry + 28, 2);
        const std::size_t local = number(entry + 42, 4);
        at = entry + 46 + name_size + number(entry + 30, 2) + number(entry + 32, 2);
        number(entry + 46 + name_size, 0); // the name lies within the file
        const std::string file = printable(bytes_.substr(entry + 46, name_size));
        if (flags & 1) fail(entry, fmt::format("`{}` in it is encrypted", file));
        if (method != 0)
            fail(entry, fmt::format("`{}` in it is compressed; numpy.savez does not do that, "
                                    "numpy.savez_compressed does",
                                    file));
        if (stored != size || size == 0xffffffff)
            fail(entry, fmt::format("`{}` in it has two sizes, {} and {}", file, stored, size));

        expect_signature(local, 0x04034b50, "file");
        const std::size_t data = local + 30 + number(local + 26, 2) + number(local + 28, 2);
        n_read_ += size;
        if (data > bytes_.size() || size > bytes_.size() - data || n_read_ > bytes_.size())
            fail(local, fmt::format("`{}` in it is cut short", file));
        const std::string content = bytes_.substr(data, size);
        boost::crc_32_type sum;
        sum.process_bytes(content.data(), content.size());
        if (sum.checksum() != crc)
            fail(data, fmt::format("`{}` in it is damaged: its checksum is wrong", file));

        const std::string ending = ".npy";
        if (file.size() <= ending.size() ||
            file.compare(file.size() - ending.size(), ending.size(), ending) != 0)
            fail(entry, fmt::format("`{}` in it is no .npy file", file));
        NpyArray read = parse_npy(content, name_ + ": " + file);
        const std::string name = file.substr(0, file.size() - ending.size());
        if (std::find(names_.begin(), names_.end(), name) != names_.end())
            fail(entry, fmt::format("holds `{}` twice", name));
        names_.push_back(name);
        return {name, std::move(read.shape), std::move(read.values)};
    }

    static std::string printable(std::string name) {
        for (char& c : name)
            if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e)
                c = '?';
        return name.substr(0, 60);
    }

    const std::string &bytes_, &name_;
    std::size_t n_read_ = 0; ///< files that overlap would be more than there is
    std::vector<std::string> names_;
};

} // namespace

NamedArrays parse_npz(const std::string& bytes, const std::string& name) {
    return Archive(bytes, name).arrays();
}

} // namespace lamina
