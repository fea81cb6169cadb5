#include "experiments/npy.hpp"

#include <cctype>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "experiments/data_path.hpp"
#include "sim/errors.hpp"

namespace lamina {

namespace {

constexpr const char* how_to_save =
    "save it as numpy.save(FILE, array.astype('<f8'), allow_pickle=False)";

struct Header {
    std::optional<std::string> descr;
    std::optional<bool> fortran_order;
    std::optional<std::vector<std::size_t>> shape;
};

/// Reads the header, a Python dictionary with exactly three keys, from left to right.
class HeaderReader {
  public:
    HeaderReader(const std::string& text, const std::string& name) : text_(text), name_(name) {}

    Header read() {
        Header header;
        expect('{');
        while (!take('}')) {
            const std::string key = quoted();
            expect(':');
            if (key == "descr") {
                once(!header.descr, key);
                if (peek() == '[') fail("holds records of several fields");
                header.descr = quoted();
            } else if (key == "fortran_order") {
                once(!header.fortran_order, key);
                header.fortran_order = truth();
            } else if (key == "shape") {
                once(!header.shape, key);
                header.shape = tuple();
            } else {
                fail(fmt::format("its header has the unknown key '{}'", printable(key)));
            }
            if (!take(',') && peek() != '}') fail("its header is not a dictionary");
        }
        skip_spaces();
        if (at_ != text_.size()) fail("its header goes on after the dictionary");
        if (!header.descr || !header.fortran_order || !header.shape)
            fail("its header lacks descr, fortran_order or shape");
        return header;
    }

    [[noreturn]] void fail(const std::string& reason) const {
        throw SpecError(fmt::format("{}: {}; {}", name_, reason, how_to_save));
    }

    static std::string printable(const std::string& text) {
        std::string out;
        for (const char c : text.substr(0, 40))
            out += std::isprint(static_cast<unsigned char>(c)) ? c : '?';
        return out;
    }

  private:
    void skip_spaces() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
    }
    char peek() {
        skip_spaces();
        return at_ < text_.size() ? text_[at_] : '\0';
    }
    bool take(char c) {
        if (peek() != c) return false;
        ++at_;
        return true;
    }
    void expect(char c) {
        if (!take(c))
            fail(fmt::format("its header is not a dictionary (no '{}' where one is due)", c));
    }
    void once(bool first, const std::string& key) {
        if (!first) fail(fmt::format("its header says '{}' twice", key));
    }
    std::string quoted() {
        const char quote = peek();
        if (quote != '\'' && quote != '"') fail("its header is not a dictionary of quoted names");
        const std::size_t end = text_.find(quote, at_ + 1);
        if (end == std::string::npos) fail("its header is cut inside a name");
        const std::string inside = text_.substr(at_ + 1, end - at_ - 1);
        at_ = end + 1;
        return inside;
    }
    bool truth() {
        skip_spaces();
        for (const bool value : {true, false}) {
            const std::string word = value ? "True" : "False";
            if (text_.compare(at_, word.size(), word) == 0) {
                at_ += word.size();
                return value;
            }
        }
        fail("fortran_order is neither True nor False");
    }
    std::vector<std::size_t> tuple() {
        std::vector<std::size_t> sizes;
        expect('(');
        while (!take(')')) {
            skip_spaces();
            std::size_t size = 0;
            const char* first = text_.data() + at_;
            const auto [end, error] = std::from_chars(first, text_.data() + text_.size(), size);
            if (error != std::errc() || end == first)
                fail("its shape is not made of whole numbers");
            at_ += static_cast<std::size_t>(end - first);
            sizes.push_back(size);
            if (sizes.size() > 8) fail("it has more than 8 axes");
            if (!take(',') && peek() != ')') fail("its shape is not a tuple");
        }
        return sizes;
    }

    const std::string& text_;
    const std::string& name_;
    std::size_t at_ = 0;
};

/// a * b, or nothing when that is more than a size can hold.
std::optional<std::size_t> product(std::size_t a, std::size_t b) {
    if (b != 0 && a > std::numeric_limits<std::size_t>::max() / b) return std::nullopt;
    return a * b;
}

template <class Stored> std::vector<double> numbers(const char* bytes, std::size_t n) {
    std::vector<double> values(n);
    for (std::size_t i = 0; i < n; ++i) {
        Stored value;
        std::memcpy(&value, bytes + i * sizeof(Stored), sizeof(Stored)); // x86-64 is little-endian
        values[i] = static_cast<double>(value);
    }
    return values;
}

} // namespace

NpyArray parse_npy(const std::string& bytes, const std::string& name) {
    static const std::string nothing;
    const HeaderReader complain(nothing, name);
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };

    // magic string, version, length of the header
    if (bytes.size() < 10 || bytes.compare(0, 6, "\x93NUMPY") != 0)
        complain.fail("is not a NumPy .npy file");
    const int major = byte(6), minor = byte(7);
    if ((major != 1 && major != 2) || minor != 0)
        complain.fail(fmt::format("is a .npy file of version {}.{}, and only 1.0 and 2.0 are read",
                                  major, minor));
    const std::size_t start = major == 1 ? 10 : 12;
    if (bytes.size() < start) complain.fail("is cut inside its header");
    std::size_t length = byte(8) | static_cast<std::size_t>(byte(9)) << 8;
    if (major == 2)
        length |= static_cast<std::size_t>(byte(10)) << 16 | static_cast<std::size_t>(byte(11))
                                                                 << 24;
    if (length > bytes.size() - start) complain.fail("is cut inside its header");
    if (length > 65535)
        complain.fail(fmt::format("has a header of {} bytes, and 65535 are enough", length));

    const std::string text = bytes.substr(start, length);
    HeaderReader reader(text, name);
    const Header header = reader.read();
    const std::size_t item = *header.descr == "<f8" ? 8 : *header.descr == "<f4" ? 4 : 0;
    if (item == 0)
        reader.fail(fmt::format("holds numbers of type '{}', and only '<f4' and '<f8' are read",
                                HeaderReader::printable(*header.descr)));
    if (*header.fortran_order)
        reader.fail("is stored in Fortran order; numpy.ascontiguousarray mends that");

    // the shape must say exactly what follows
    std::optional<std::size_t> n_values = 1;
    for (const std::size_t size : *header.shape)
        if (n_values) n_values = product(*n_values, size);
    const std::optional<std::size_t> claimed = n_values ? product(*n_values, item) : std::nullopt;
    const std::size_t present = bytes.size() - start - length;
    if (!claimed || *claimed != present)
        reader.fail(fmt::format("its shape claims {} bytes and {} follow",
                                claimed ? std::to_string(*claimed) : "more than 2^64", present));
    const char* data = bytes.data() + start + length;
    return {*header.shape,
            item == 8 ? numbers<double>(data, *n_values) : numbers<float>(data, *n_values)};
}

NpyArray read_npy(const std::filesystem::path& path) {
    return parse_npy(read_input_file(path), path.string());
}

} // namespace lamina
