#include "sim/run_file/image.hpp"

#include <algorithm>
#include <cctype>
#include <limits>
#include <map>
#include <set>
#include <stdexcept>
#include <type_traits>

#include <fmt/format.h>
#include <hdf5.h>
#include <hdf5_hl.h>

#include "sim/run_file/hdf5_id.hpp"
#include "sim/run_file/utf8.hpp"

namespace lamina {

static_assert(std::is_same_v<hid_t, std::int64_t> && std::is_same_v<herr_t, int>);

namespace {

/// HDF5 in memory fails only when memory is short or when we misuse it; either way say where.
std::int64_t made(std::int64_t id, const std::string& what) {
    if (id < 0) throw std::runtime_error("HDF5 cannot make " + what + "; is memory short?");
    return id;
}

void done(int status, const std::string& what) { made(status, what); }

[[noreturn]] void misuse(const std::string& group, const std::string& name,
                         const std::string& why) {
    throw std::invalid_argument(fmt::format("results variable {}/{}: {}", group, name, why));
}

/// Variable-length UTF-8, the only kind of text that both of xarray's engines read; or fields of a
/// fixed number of bytes.
Hdf5Id text_type(std::size_t width = H5T_VARIABLE) {
    Hdf5Id type(made(H5Tcopy(H5T_C_S1), "a text type"), H5Tclose);
    done(H5Tset_size(type, width), "a text type");
    done(H5Tset_strpad(type, width == H5T_VARIABLE ? H5T_STR_NULLTERM : H5T_STR_NULLPAD),
         "a text type");
    done(H5Tset_cset(type, H5T_CSET_UTF8), "a text type");
    return type;
}

struct NumberType {
    hid_t in_file, in_memory;
    std::size_t bytes;
};

NumberType number_type(Values::Type type) {
    switch (type) {
    case Values::Type::float64:
        return {H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 8};
    case Values::Type::float32:
        return {H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, 4};
    case Values::Type::int64:
        return {H5T_STD_I64LE, H5T_NATIVE_INT64, 8};
    case Values::Type::uint64:
        return {H5T_STD_U64LE, H5T_NATIVE_UINT64, 8};
    case Values::Type::int32:
        return {H5T_STD_I32LE, H5T_NATIVE_INT32, 4};
    case Values::Type::uint8:
        return {H5T_STD_U8LE, H5T_NATIVE_UINT8, 1};
    case Values::Type::text:
        break;
    }
    throw std::logic_error("text has no number type");
}

/// The strings as HDF5 takes them.
struct Pointers {
    std::vector<std::string> valid;
    std::vector<const char*> to;

    explicit Pointers(const Values& text) : valid(text.size), to(text.size) {
        const auto* strings = static_cast<const std::string*>(text.data);
        for (std::size_t i = 0; i < text.size; ++i) {
            valid[i] = valid_utf8(strings[i]);
            to[i] = valid[i].c_str();
        }
    }
};

void check_name(const std::string& group, const std::string& name) {
    const auto allowed = [](unsigned char c) { return std::isalnum(c) || c == '_'; };
    const bool good = !name.empty() && !std::isdigit((unsigned char)name[0]) &&
                      std::all_of(name.begin(), name.end(), allowed);
    if (!good) misuse(group, name, "a name is [A-Za-z_][A-Za-z0-9_]*");
}

void check_units(const std::string& group, const std::string& name, const std::string& units,
                 const std::string& long_name) {
    // xarray turns variables with these units into durations
    static const std::set<std::string> duration_words = {
        "days",        "hours", "minutes", "seconds", "milliseconds", "microseconds",
        "nanoseconds", "day",   "hour",    "minute",  "second",       "millisecond"};
    if (units.empty()) misuse(group, name, "units are missing (\"1\" when dimensionless)");
    if (duration_words.count(units)) misuse(group, name, "write the unit as s or ms");
    if (long_name.empty()) misuse(group, name, "long_name is missing");
}

/// How a variable is laid out: small ones in one piece, large ones in chunks of at most 1 MiB,
/// shuffled and compressed, each chunk with its checksum.
Hdf5Id layout(const std::vector<hsize_t>& shape, std::size_t bytes_per_value) {
    constexpr std::size_t small = 8192, largest_chunk = std::size_t(1) << 20;
    Hdf5Id properties(made(H5Pcreate(H5P_DATASET_CREATE), "a layout"), H5Pclose);
    // times of creation would make equal runs different files
    done(H5Pset_obj_track_times(properties, 0), "a layout");
    std::size_t bytes = bytes_per_value;
    for (const hsize_t n : shape) bytes *= n;
    if (shape.empty() || bytes < small) return properties;

    // cut the slowest dimensions until a chunk is small enough
    std::vector<hsize_t> chunk = shape;
    for (hsize_t& n : chunk) {
        if (bytes <= largest_chunk) break;
        const std::size_t bytes_per_index = bytes / n;
        n = std::max<hsize_t>(1, largest_chunk / std::max<std::size_t>(1, bytes_per_index));
        bytes = bytes_per_index * n;
    }
    done(H5Pset_chunk(properties, int(chunk.size()), chunk.data()), "a layout");
    done(H5Pset_shuffle(properties), "a layout");
    done(H5Pset_deflate(properties, 4), "a layout");
    done(H5Pset_fletcher32(properties), "a layout");
    return properties;
}

} // namespace

void no_printing() { H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); }

struct Image::Parts {
    Hdf5Id file;
    std::map<std::string, Hdf5Id> objects; ///< groups by path, datasets by "group/name"
    std::map<std::string, std::map<std::string, hsize_t>> dimensions; ///< group -> name -> length

    Parts();
    std::int64_t group(const std::string& path);
    std::int64_t object(const std::string& path);
    static std::string path_of(const std::string& group, const std::string& name) {
        return group.empty() ? name : group + "/" + name;
    }
    void write_attribute(const std::string& object, const std::string& name, hid_t in_file,
                         hid_t in_memory, const void* value, hsize_t n = 0);
    void write_text_attribute(const std::string& object, const std::string& name,
                              const std::string& text);
    /// A dataset's types, layout and values.
    struct Stored {
        hid_t in_file, in_memory, properties;
        const void* data;
    };
    void write(const std::string& group, const std::string& name, const std::vector<hsize_t>& shape,
               const Stored& stored);
    void add(const std::string& group, const std::string& name, const std::vector<hsize_t>& shape,
             const Values& values);
    void describe(const std::string& group, const std::string& name, const std::string& units,
                  const std::string& long_name);
};

Image::Parts::Parts() {
    no_printing();
    // in memory only, growing in steps that keep large files from being copied often
    const Hdf5Id access(made(H5Pcreate(H5P_FILE_ACCESS), "a file in memory"), H5Pclose);
    done(H5Pset_fapl_core(access, std::size_t(4) << 20, 0), "a file in memory");
    const Hdf5Id creation(made(H5Pcreate(H5P_FILE_CREATE), "a file in memory"), H5Pclose);
    done(H5Pset_obj_track_times(creation, 0), "a file in memory");
    done(H5Pset_link_creation_order(creation, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED),
         "a file in memory");
    // the name is never used: there is no file behind it
    file =
        Hdf5Id(made(H5Fcreate("lamina-image", H5F_ACC_TRUNC, creation, access), "a file in memory"),
               H5Fclose);
    objects[""] = Hdf5Id(made(H5Gopen2(file, "/", H5P_DEFAULT), "the root"), H5Gclose);
}

std::int64_t Image::Parts::group(const std::string& path) {
    const auto known = objects.find(path);
    if (known != objects.end()) return known->second;

    // parents first, then the group itself
    const std::size_t slash = path.rfind('/');
    const std::string parent = slash == std::string::npos ? "" : path.substr(0, slash);
    const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
    check_name(parent, name);
    const Hdf5Id properties(made(H5Pcreate(H5P_GROUP_CREATE), "group " + path), H5Pclose);
    done(H5Pset_obj_track_times(properties, 0), "group " + path);
    done(H5Pset_link_creation_order(properties, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED),
         "group " + path);
    const std::int64_t above = group(parent);
    Hdf5Id created(made(H5Gcreate2(above, name.c_str(), H5P_DEFAULT, properties, H5P_DEFAULT),
                        "group " + path),
                   H5Gclose);
    return objects[path] = std::move(created);
}

std::int64_t Image::Parts::object(const std::string& path) {
    const auto known = objects.find(path);
    if (known != objects.end()) return known->second;
    // a group may be described before it has variables; anything deeper is a mistyped name
    if (path.find('/') != std::string::npos) misuse(path, "", "there is no such variable");
    return group(path);
}

void Image::Parts::write_attribute(const std::string& object_path, const std::string& name,
                                   hid_t in_file, hid_t in_memory, const void* value, hsize_t n) {
    no_printing();
    const std::string what = fmt::format("attribute {} of {}", name, object_path);
    const std::int64_t owner = object(object_path);
    if (H5Aexists(owner, name.c_str()) > 0) misuse(object_path, name, "attribute is given twice");
    const Hdf5Id space(
        made(n == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &n, nullptr), what), H5Sclose);
    const Hdf5Id attribute(
        made(H5Acreate2(owner, name.c_str(), in_file, space, H5P_DEFAULT, H5P_DEFAULT), what),
        H5Aclose);
    done(H5Awrite(attribute, in_memory, value), what);
}

void Image::Parts::write_text_attribute(const std::string& object_path, const std::string& name,
                                        const std::string& text) {
    const Hdf5Id type = text_type();
    const Pointers pointer(Values(&text, 1));
    write_attribute(object_path, name, type, type, pointer.to.data());
}

void Image::Parts::write(const std::string& group_path, const std::string& name,
                         const std::vector<hsize_t>& shape, const Stored& stored) {
    no_printing();
    const std::string path = path_of(group_path, name);
    check_name(group_path, name);
    if (objects.count(path)) misuse(group_path, name, "is given twice");
    const std::int64_t in_group = group(group_path);
    const Hdf5Id space(made(shape.empty()
                                ? H5Screate(H5S_SCALAR)
                                : H5Screate_simple(int(shape.size()), shape.data(), nullptr),
                            path),
                       H5Sclose);
    Hdf5Id set(made(H5Dcreate2(in_group, name.c_str(), stored.in_file, space, H5P_DEFAULT,
                               stored.properties, H5P_DEFAULT),
                    path),
               H5Dclose);
    done(H5Dwrite(set, stored.in_memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, stored.data), path);
    objects[path] = std::move(set);
}

void Image::Parts::add(const std::string& group, const std::string& name,
                       const std::vector<hsize_t>& shape, const Values& values) {
    // text is stored as references into a heap: neither chunks nor filters would help
    if (values.type == Values::Type::text) {
        const Pointers pointers(values);
        const Hdf5Id type = text_type();
        const Hdf5Id properties = layout({}, 0);
        write(group, name, shape, {type, type, properties, pointers.to.data()});
    } else {
        const NumberType type = number_type(values.type);
        const Hdf5Id properties = layout(shape, type.bytes);
        write(group, name, shape, {type.in_file, type.in_memory, properties, values.data});
    }
}

void Image::Parts::describe(const std::string& group, const std::string& name,
                            const std::string& units, const std::string& long_name) {
    write_text_attribute(path_of(group, name), "units", units);
    write_text_attribute(path_of(group, name), "long_name", long_name);
}

Image::Image() : parts_(std::make_unique<Parts>()) {}
Image::Image(Image&&) noexcept = default;
Image& Image::operator=(Image&&) noexcept = default;
Image::~Image() = default;

void Image::attribute(const std::string& object, const std::string& name, const std::string& text) {
    parts_->write_text_attribute(object, name, text);
}
void Image::attribute(const std::string& object, const std::string& name, const char* text) {
    attribute(object, name, std::string(text));
}
void Image::attribute(const std::string& object, const std::string& name, double number) {
    parts_->write_attribute(object, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &number);
}
void Image::attribute(const std::string& object, const std::string& name, int number) {
    attribute(object, name, std::int64_t(number));
}
void Image::attribute(const std::string& object, const std::string& name, std::int64_t number) {
    parts_->write_attribute(object, name, H5T_STD_I64LE, H5T_NATIVE_INT64, &number);
}
void Image::attribute(const std::string& object, const std::string& name, std::uint64_t number) {
    parts_->write_attribute(object, name, H5T_STD_U64LE, H5T_NATIVE_UINT64, &number);
}

void Image::attribute(const std::string& object, const std::string& name,
                      const std::vector<std::uint32_t>& numbers) {
    parts_->write_attribute(object, name, H5T_STD_U32LE, H5T_NATIVE_UINT32, numbers.data(),
                            numbers.size());
}

void Image::dimension(const std::string& group, const std::string& name, std::size_t length) {
    if (length == 0) misuse(group, name, "a dimension has at least one index");
    // netCDF's own sign for a dimension without values: a data set whose name says that it is none
    const std::string no_variable =
        fmt::format("This is a netCDF dimension but not a netCDF variable.{:10d}", length);
    const std::vector<float> zeros(length);
    parts_->add(group, name, {hsize_t(length)}, zeros);
    done(H5DSset_scale(parts_->object(Parts::path_of(group, name)), no_variable.c_str()), name);
    parts_->dimensions[group][name] = length;
}

void Image::coordinate(const std::string& group, const std::string& name, Values values,
                       const std::string& units, const std::string& long_name) {
    if (values.size == 0) misuse(group, name, "a coordinate has at least one value");
    check_units(group, name, units, long_name);
    parts_->add(group, name, {hsize_t(values.size)}, values);
    done(H5DSset_scale(parts_->object(Parts::path_of(group, name)), name.c_str()), name);
    parts_->describe(group, name, units, long_name);
    parts_->dimensions[group][name] = values.size;
}

void Image::variable(const std::string& group, const std::string& name,
                     const std::vector<std::string>& dimensions, Values values,
                     const std::string& units, const std::string& long_name) {
    check_units(group, name, units, long_name);
    // the shape, from the dimensions of the same group
    const auto& known = parts_->dimensions[group];
    std::vector<hsize_t> shape;
    std::string shape_text;
    std::size_t n_values = 1;
    for (const std::string& dimension : dimensions) {
        const auto found = known.find(dimension);
        if (found == known.end()) misuse(group, name, "unknown dimension " + dimension);
        shape.push_back(found->second);
        n_values *= found->second;
        shape_text +=
            fmt::format("{}{} {}", shape_text.empty() ? "" : ", ", dimension, found->second);
    }
    if (n_values != values.size)
        misuse(group, name,
               fmt::format("{} values for dimensions [{}], which hold {}", values.size, shape_text,
                           n_values));

    parts_->add(group, name, shape, values);
    const std::string path = Parts::path_of(group, name);
    for (std::size_t axis = 0; axis < dimensions.size(); ++axis)
        done(H5DSattach_scale(parts_->object(path),
                              parts_->object(Parts::path_of(group, dimensions[axis])),
                              unsigned(axis)),
             path);
    parts_->describe(group, name, units, long_name);

    // missing numbers are NaN
    if (values.type == Values::Type::float64) {
        const double missing = std::numeric_limits<double>::quiet_NaN();
        parts_->write_attribute(path, "_FillValue", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &missing, 1);
    } else if (values.type == Values::Type::float32) {
        const float missing = std::numeric_limits<float>::quiet_NaN();
        parts_->write_attribute(path, "_FillValue", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, &missing, 1);
    }
}

void Image::flags(const std::string& group, const std::string& name,
                  const std::vector<std::string>& dimensions,
                  const std::vector<std::uint8_t>& values, const std::vector<std::uint8_t>& codes,
                  const std::vector<std::string>& meanings, const std::string& long_name) {
    if (codes.empty() || codes.size() != meanings.size())
        misuse(group, name, "as many meanings as codes, and at least one");
    for (const std::uint8_t value : values)
        if (std::find(codes.begin(), codes.end(), value) == codes.end())
            misuse(group, name, fmt::format("value {} has no meaning", value));
    std::string words;
    for (const std::string& meaning : meanings) {
        if (meaning.empty() || meaning.find(' ') != std::string::npos)
            misuse(group, name, "a meaning is one word: `" + meaning + "`");
        words += (words.empty() ? "" : " ") + meaning;
    }
    variable(group, name, dimensions, values, "1", long_name);
    const std::string path = Parts::path_of(group, name);
    parts_->write_attribute(path, "flag_values", H5T_STD_U8LE, H5T_NATIVE_UINT8, codes.data(),
                            codes.size());
    attribute(path, "flag_meanings", words);
}

void Image::plain(const std::string& group, const std::string& name,
                  const std::vector<std::size_t>& shape, Values values) {
    std::size_t n = 1;
    for (const std::size_t length : shape) n *= length;
    if (n != values.size || (n == 0 && values.type == Values::Type::text))
        misuse(group, name, "has another number of values");
    const std::vector<hsize_t> extent(shape.begin(), shape.end());
    if (values.type != Values::Type::text) return parts_->add(group, name, extent, values);

    // one field of the same width for each
    const Pointers words(values);
    std::size_t width = 1;
    for (const std::string& word : words.valid) width = std::max(width, word.size());
    std::string bytes(n * width, '\0');
    for (std::size_t i = 0; i < n; ++i)
        std::copy(words.valid[i].begin(), words.valid[i].end(),
                  bytes.begin() + std::ptrdiff_t(i * width));
    const Hdf5Id type = text_type(width);
    const Hdf5Id properties = layout({}, 0);
    parts_->write(group, name, extent, {type, type, properties, bytes.data()});
}

bool Image::has(const std::string& group, const std::string& name) const {
    return parts_->objects.count(Parts::path_of(group, name)) > 0;
}

std::vector<std::byte> Image::finish() {
    no_printing();
    // every open object must be closed before the file is whole
    const std::unique_ptr<Parts> parts = std::move(parts_);
    if (!parts) throw std::logic_error("Image::finish is called once");
    parts->objects.clear();
    done(H5Fflush(parts->file, H5F_SCOPE_GLOBAL), "the file image");
    const long n = H5Fget_file_image(parts->file, nullptr, 0);
    if (n <= 0) done(-1, "the file image");
    std::vector<std::byte> bytes(std::size_t(n), std::byte(0));
    if (H5Fget_file_image(parts->file, bytes.data(), bytes.size()) != n) done(-1, "the file image");
    return bytes;
}

} // namespace lamina
