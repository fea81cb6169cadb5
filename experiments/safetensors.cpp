/// .safetensors: the length of a header (uint64), the header as JSON, and the numbers of all
/// tensors, one behind the other, little-endian. Source: README.md and safetensors/src/tensor.rs of
/// github.com/huggingface/safetensors at 24b0b285; what they refuse is refused.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <set>

#include <fmt/format.h>

#include "experiments/named_array.hpp"
#include "sim/errors.hpp"
#include "sim/run_file/json.hpp"

namespace lamina {
namespace {

constexpr std::size_t most_header_bytes = 16u << 20;
constexpr int most_levels = 4;

template <class Bits> Bits bits_at(const char* bytes) {
    Bits bits;
    std::memcpy(&bits, bytes, sizeof bits); // x86-64 is little-endian
    return bits;
}

double from_float(std::uint32_t bits) {
    float value;
    std::memcpy(&value, &bits, sizeof value);
    return static_cast<double>(value);
}

/// IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction.
double from_half(std::uint16_t bits) {
    const double sign = bits & 0x8000 ? -1 : 1;
    const int exponent = bits >> 10 & 0x1f, fraction = bits & 0x3ff;
    if (exponent == 0x1f)
        return sign * (fraction ? std::numeric_limits<double>::quiet_NaN()
                                : std::numeric_limits<double>::infinity());
    // 2^-24 times a whole number of up to 41 bits
    const double whole =
        exponent == 0 ? double(fraction) : double(std::int64_t(fraction + 1024) << (exponent - 1));
    return sign * whole / 16777216;
}

struct NumberType {
    const char* name;
    std::size_t bytes;
    double (*read)(const char*);
};
const NumberType number_types[] = {
    {"F64", 8,
     [](const char* p) {
         double value;
         std::memcpy(&value, p, sizeof value);
         return value;
     }},
    {"F32", 4, [](const char* p) { return from_float(bits_at<std::uint32_t>(p)); }},
    {"F16", 2, [](const char* p) { return from_half(bits_at<std::uint16_t>(p)); }},
    {"BF16", 2,
     [](const char* p) { return from_float(std::uint32_t(bits_at<std::uint16_t>(p)) << 16); }},
};

class TensorFile {
  public:
    TensorFile(const std::string& bytes, const std::string& name) : bytes_(bytes), name_(name) {}

    NamedArrays arrays() {
        if (bytes_.size() < 8) fail(bytes_.size(), "is cut short: a header is due");
        const auto length = bits_at<std::uint64_t>(bytes_.data());
        if (length > most_header_bytes || length > bytes_.size() - 8)
            fail(0, fmt::format("claims a header of {} bytes, and {} follow; at most {} are read",
                                length, bytes_.size() - 8, most_header_bytes));
        first_ = 8 + std::size_t(length);
        const Json header = parsed(bytes_.substr(8, std::size_t(length)));
        if (!header.is_object()) fail(8, "has a header that is no map");

        std::vector<Place> places;
        NamedArrays out;
        for (const auto& [key, entry] : header.items()) {
            if (key == "__metadata__") continue;
            places.push_back(place_of(key, entry));
            out.push_back({key, places.back().shape, {}});
        }
        check_layout(places);
        for (std::size_t i = 0; i < out.size(); ++i) {
            const Place& place = places[i];
            for (std::size_t at = place.begin; at < place.end; at += place.type->bytes)
                out[i].values.push_back(place.type->read(bytes_.data() + first_ + at));
        }
        return out;
    }

  private:
    struct Place {
        std::string name;
        const NumberType* type;
        std::vector<std::size_t> shape;
        std::size_t begin, end; ///< behind the header
    };

    [[noreturn]] void fail(std::size_t at, const std::string& reason) const {
        throw SpecError(fmt::format("{}: {} (byte {}); save it again with the safetensors library, "
                                    "as F64, F32, F16 or BF16",
                                    name_, reason, at));
    }
    static std::string quoted(const std::string& word) {
        // a key is what the file says: shortened, and as JSON escapes it
        return Json(word.substr(0, 60)).dump(-1, ' ', true, Json::error_handler_t::replace);
    }

    Json parsed(const std::string& text) const {
        std::vector<std::set<std::string>> keys;
        std::string twice;
        const auto look = [&](int depth, Json::parse_event_t event, Json& value) {
            if (depth > most_levels) fail(8, "has a header of more than four levels");
            if (event == Json::parse_event_t::object_start) keys.emplace_back();
            if (event == Json::parse_event_t::object_end) keys.pop_back();
            if (event == Json::parse_event_t::key &&
                !keys.back().insert(value.get<std::string>()).second && twice.empty())
                twice = value.get<std::string>();
            return true;
        };
        try {
            Json header = Json::parse(text, look);
            if (!twice.empty()) fail(8, "has the key " + quoted(twice) + " twice in its header");
            return header;
        } catch (const Json::parse_error& error) {
            fail(7 + error.byte, "has a header that is no JSON");
        }
    }

    std::size_t whole(const Json& value, const std::string& of) const {
        if (!value.is_number_unsigned())
            fail(8, fmt::format("tensor {} has a size or offset that is no whole number", of));
        return value.get<std::size_t>();
    }

    Place place_of(const std::string& key, const Json& entry) const {
        const std::string of = quoted(key);
        if (!entry.is_object() || entry.size() != 3 || !entry.contains("dtype") ||
            !entry.contains("shape") || !entry.contains("data_offsets") ||
            !entry["dtype"].is_string() || !entry["shape"].is_array() ||
            !entry["data_offsets"].is_array() || entry["data_offsets"].size() != 2)
            fail(8,
                 fmt::format("tensor {} is not {{dtype, shape, data_offsets: [begin, end]}}", of));
        Place place{key, nullptr, {}, 0, 0};
        const std::string type = entry["dtype"].get<std::string>();
        for (const NumberType& one : number_types)
            if (type == one.name) place.type = &one;
        if (!place.type) fail(8, fmt::format("tensor {} holds {}", of, quoted(type)));
        place.begin = whole(entry["data_offsets"][0], of);
        place.end = whole(entry["data_offsets"][1], of);
        std::size_t due = place.type->bytes;
        for (const Json& axis : entry["shape"]) {
            const std::size_t size = whole(axis, of);
            if (size != 0 && due > std::numeric_limits<std::size_t>::max() / size)
                fail(8, fmt::format("tensor {} has a shape beyond all memory", of));
            due *= size;
            place.shape.push_back(size);
        }
        if (place.end < place.begin || place.end - place.begin != due)
            fail(8,
                 fmt::format("tensor {} of shape {} needs {} bytes, and its offsets are {} and {}",
                             of, shape_text(place.shape), due, place.begin, place.end));
        return place;
    }

    /// One behind the other from the first byte to the last.
    void check_layout(std::vector<Place> places) const {
        std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
            return std::make_pair(a.begin, a.end) < std::make_pair(b.begin, b.end);
        });
        std::size_t at = 0;
        for (const Place& place : places) {
            if (place.begin != at)
                fail(first_ + at, fmt::format("{} before tensor {}",
                                              place.begin > at ? "has a hole" : "overlaps itself",
                                              quoted(place.name)));
            at = place.end;
        }
        if (at != bytes_.size() - first_)
            fail(first_ + at,
                 fmt::format("its tensors end after {} bytes, and {} follow the header", at,
                             bytes_.size() - first_));
    }

    const std::string &bytes_, &name_;
    std::size_t first_ = 0; ///< byte behind the header
};

} // namespace

NamedArrays parse_safetensors(const std::string& bytes, const std::string& name) {
    return TensorFile(bytes, name).arrays();
}

std::string safetensors_bytes(const NamedArrays& arrays) {
    Json header = Json::object();
    std::string data;
    for (const NamedArray& array : arrays) {
        const std::size_t begin = data.size();
        data.append(reinterpret_cast<const char*>(array.values.data()),
                    array.values.size() * sizeof(double));
        header[array.name] = {
            {"dtype", "F64"}, {"shape", array.shape}, {"data_offsets", {begin, data.size()}}};
    }
    std::string text = header.dump();
    text.resize((text.size() + 7) / 8 * 8, ' '); // so that the numbers are aligned
    const std::uint64_t length = text.size();
    return std::string(reinterpret_cast<const char*>(&length), sizeof length) + text + data;
}

} // namespace lamina
