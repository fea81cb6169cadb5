#include "sim/run_file/reader.hpp"

#include <algorithm>
#include <type_traits>

#include <fmt/format.h>
#include <hdf5.h>
#include <hdf5_hl.h>

#include "sim/run_file/atomic_file.hpp"
#include "sim/run_file/hdf5_id.hpp"
#include "sim/run_file/io_error.hpp"
#include "sim/run_file/sha256.hpp"

namespace lamina {

static_assert(std::is_same_v<hid_t, std::int64_t> && std::is_same_v<herr_t, int>);

namespace {

/// More values than this are not read: a file that claims them is not one of ours.
constexpr hsize_t most_values = hsize_t(1) << 30;

std::string path_of(const std::string& group, const std::string& name) {
    return group.empty() ? name : group + "/" + name;
}

std::string last_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string name_of(std::int64_t object) {
    char name[1024] = "";
    return H5Iget_name(object, name, sizeof name) > 0 ? std::string(name) : std::string();
}

herr_t note_scale(hid_t, unsigned, hid_t scale, void* names) {
    static_cast<std::vector<std::string>*>(names)->push_back(last_of(name_of(scale)));
    return 0;
}

/// netCDF's sign for a dimension without values of its own.
bool is_bare_dimension(std::int64_t set) {
    char name[64] = "";
    const std::string sign = "This is a netCDF dimension but not a netCDF variable";
    return H5DSis_scale(set) > 0 && H5DSget_scale_name(set, name, sizeof name) > 0 &&
           std::string(name).compare(0, sign.size(), sign) == 0;
}

} // namespace

struct ResultsReader::Parts {
    std::string shown;
    std::vector<std::byte> bytes; ///< HDF5 reads from here; outlives `file`
    Hdf5Id file;

    [[noreturn]] void fail(const std::string& object, const std::string& why) const {
        throw FormatError(fmt::format("{}: {}: {}; was it written by another version?", shown,
                                      object.empty() ? "the root" : object, why));
    }
    /// For what HDF5 refuses although the file is the one that was written.
    std::int64_t good(std::int64_t result, const std::string& object) const {
        if (result < 0) fail(object, "cannot be read");
        return result;
    }
    bool exists(const std::string& path) const;
    Hdf5Id open(const std::string& path) const;
    Hdf5Id open_set(const std::string& group, const std::string& name) const;
    std::vector<std::string> children(const std::string& group, H5O_type_t type) const;
    hsize_t count(std::int64_t set, const std::string& path) const;
    std::vector<std::string> texts(std::int64_t type, std::int64_t space, const std::string& path,
                                   hsize_t n, int (*read)(std::int64_t, std::int64_t, void*),
                                   std::int64_t from) const;
};

/// Whether every step of the path is there, and is no link to elsewhere.
bool ResultsReader::Parts::exists(const std::string& path) const {
    if (path.empty()) return true;
    for (std::size_t at = path.find('/');; at = path.find('/', at + 1)) {
        const std::string part = path.substr(0, at);
        H5L_info_t info;
        if (part.empty() || part.back() == '/' || H5Lexists(file, part.c_str(), H5P_DEFAULT) <= 0)
            return false;
        if (H5Lget_info(file, part.c_str(), &info, H5P_DEFAULT) < 0 || info.type != H5L_TYPE_HARD)
            return false;
        if (at == std::string::npos) return true;
    }
}

Hdf5Id ResultsReader::Parts::open(const std::string& path) const {
    no_printing();
    if (!exists(path)) fail(path, "is not in this file");
    return Hdf5Id(good(H5Oopen(file, path.empty() ? "/" : path.c_str(), H5P_DEFAULT), path),
                  H5Oclose);
}

Hdf5Id ResultsReader::Parts::open_set(const std::string& group, const std::string& name) const {
    const std::string path = path_of(group, name);
    Hdf5Id object = open(path);
    if (H5Iget_type(object) != H5I_DATASET) fail(path, "is no variable");
    const Hdf5Id layout(good(H5Dget_create_plist(object), path), H5Pclose);
    if (H5Pget_external_count(layout) != 0) fail(path, "keeps its values in another file");
    return object;
}

std::vector<std::string> ResultsReader::Parts::children(const std::string& group_path,
                                                        H5O_type_t type) const {
    const Hdf5Id group = open(group_path);
    if (H5Iget_type(group) != H5I_GROUP) fail(group_path, "is no group");
    H5G_info_t info;
    good(H5Gget_info(group, &info), group_path);

    // in the order of writing when the group keeps it
    std::vector<std::string> names;
    for (const H5_index_t order : {H5_INDEX_CRT_ORDER, H5_INDEX_NAME}) {
        for (hsize_t i = 0; i < info.nlinks; ++i) {
            char name[1024] = "";
            if (H5Lget_name_by_idx(group, ".", order, H5_ITER_INC, i, name, sizeof name,
                                   H5P_DEFAULT) < 0)
                break;
            names.push_back(name);
        }
        if (names.size() == info.nlinks) break;
        names.clear();
    }

    const auto other = [&](const std::string& name) {
        if (!exists(path_of(group_path, name))) return true;
        const Hdf5Id child = open(path_of(group_path, name));
        if (type == H5O_TYPE_GROUP) return H5Iget_type(child) != H5I_GROUP;
        return H5Iget_type(child) != H5I_DATASET || is_bare_dimension(child);
    };
    names.erase(std::remove_if(names.begin(), names.end(), other), names.end());
    return names;
}

hsize_t ResultsReader::Parts::count(std::int64_t space, const std::string& path) const {
    const hssize_t n = H5Sget_simple_extent_npoints(space);
    if (n < 0 || hsize_t(n) > most_values) fail(path, "has an impossible number of values");
    return hsize_t(n);
}

/// Text from a data set or an attribute, whichever `read` reads.
std::vector<std::string> ResultsReader::Parts::texts(std::int64_t type, std::int64_t space,
                                                     const std::string& path, hsize_t n,
                                                     int (*read)(std::int64_t, std::int64_t, void*),
                                                     std::int64_t from) const {
    if (H5Tget_class(type) != H5T_STRING || H5Tis_variable_str(type) <= 0) fail(path, "is no text");
    const Hdf5Id in_memory(good(H5Tcopy(H5T_C_S1), path), H5Tclose);
    good(H5Tset_size(in_memory, H5T_VARIABLE), path);
    good(H5Tset_cset(in_memory, H5Tget_cset(type)), path);
    std::vector<char*> pointers(n, nullptr);
    const int status = read(from, in_memory, pointers.data());
    std::vector<std::string> strings(n);
    if (status >= 0)
        for (hsize_t i = 0; i < n; ++i)
            if (pointers[i]) strings[i] = pointers[i];
    H5Dvlen_reclaim(in_memory, space, H5P_DEFAULT, pointers.data());
    good(status, path);
    return strings;
}

ResultsReader ResultsReader::open_verified(const std::filesystem::path& path,
                                           const std::string& sha256) {
    std::vector<std::byte> bytes = read_whole(path);
    const std::string found = sha256_of(bytes);
    if (found != sha256)
        throw DamagedFile(fmt::format("{} is damaged or was changed: its SHA-256 is {}, run.json "
                                      "has {}; nothing was read from it; run the experiment again",
                                      path.string(), found, sha256));
    return ResultsReader(std::move(bytes), path.string());
}

ResultsReader::ResultsReader(std::vector<std::byte> verified_bytes, const std::string& shown)
    : parts_(std::make_unique<Parts>()) {
    no_printing();
    H5PLset_loading_state(0); // no code from a plugin folder
    parts_->shown = shown;
    parts_->bytes = std::move(verified_bytes);
    if (parts_->bytes.empty()) parts_->fail("", "the file is empty");
    // read in place: no copy, and HDF5 does not free our memory
    parts_->file =
        Hdf5Id(H5LTopen_file_image(parts_->bytes.data(), parts_->bytes.size(),
                                   H5LT_FILE_IMAGE_DONT_COPY | H5LT_FILE_IMAGE_DONT_RELEASE),
               H5Fclose);
    if (!parts_->file.valid()) parts_->fail("", "is not HDF5");
}

ResultsReader::ResultsReader(ResultsReader&&) noexcept = default;
ResultsReader& ResultsReader::operator=(ResultsReader&&) noexcept = default;
ResultsReader::~ResultsReader() { no_printing(); }

std::vector<std::string> ResultsReader::groups(const std::string& group) const {
    return parts_->children(group, H5O_TYPE_GROUP);
}

std::vector<std::string> ResultsReader::variables(const std::string& group) const {
    return parts_->children(group, H5O_TYPE_DATASET);
}

bool ResultsReader::has_group(const std::string& group) const {
    no_printing();
    return parts_->exists(group) && H5Iget_type(parts_->open(group)) == H5I_GROUP;
}

bool ResultsReader::has(const std::string& group, const std::string& name) const {
    no_printing();
    return parts_->exists(path_of(group, name)) &&
           H5Iget_type(parts_->open(path_of(group, name))) == H5I_DATASET;
}

VariableInfo ResultsReader::describe(const std::string& group, const std::string& name) const {
    const std::string path = path_of(group, name);
    const Hdf5Id set = parts_->open_set(group, name);
    VariableInfo info;
    info.name = name;

    const Hdf5Id type(parts_->good(H5Dget_type(set), path), H5Tclose);
    switch (H5Tget_class(type)) {
    case H5T_FLOAT:
        info.kind = VariableInfo::Kind::real;
        break;
    case H5T_INTEGER:
        info.kind = VariableInfo::Kind::integer;
        break;
    case H5T_STRING:
        info.kind = VariableInfo::Kind::text;
        break;
    default:
        parts_->fail(path, "is neither number nor text");
    }

    // the shape, and the scale of each axis
    const Hdf5Id space(parts_->good(H5Dget_space(set), path), H5Sclose);
    const int rank = int(parts_->good(H5Sget_simple_extent_ndims(space), path));
    std::vector<hsize_t> shape(std::size_t(rank), 0);
    parts_->good(H5Sget_simple_extent_dims(space, shape.data(), nullptr), path);
    info.shape.assign(shape.begin(), shape.end());
    info.is_coordinate = H5DSis_scale(set) > 0;
    for (int axis = 0; axis < rank; ++axis) {
        std::vector<std::string> scales;
        if (info.is_coordinate)
            scales = {name};
        else
            H5DSiterate_scales(set, unsigned(axis), nullptr, note_scale, &scales);
        info.dimensions.push_back(scales.empty() ? "" : scales.front());
    }

    if (has_attribute(path, "units")) info.units = text_attribute(path, "units");
    if (has_attribute(path, "long_name")) info.long_name = text_attribute(path, "long_name");
    return info;
}

std::size_t ResultsReader::dimension(const std::string& group, const std::string& name) const {
    const std::string path = path_of(group, name);
    const Hdf5Id set = parts_->open_set(group, name);
    if (H5DSis_scale(set) <= 0) parts_->fail(path, "is no dimension");
    const Hdf5Id space(parts_->good(H5Dget_space(set), path), H5Sclose);
    return std::size_t(parts_->count(space, path));
}

namespace {

/// Whether the variable lies on these dimensions; says so if not.
void check_dimensions(const ResultsReader& reader, const std::string& shown,
                      const std::string& group, const std::string& name,
                      const std::vector<std::string>& wanted) {
    if (wanted.empty()) return;
    const std::vector<std::string> found = reader.describe(group, name).dimensions;
    if (found != wanted)
        throw FormatError(fmt::format("{}: {}: has dimensions [{}] instead of [{}]; was it written "
                                      "by another version?",
                                      shown, path_of(group, name), fmt::join(found, ", "),
                                      fmt::join(wanted, ", ")));
}

} // namespace

std::vector<double> ResultsReader::numbers(const std::string& group, const std::string& name,
                                           const std::vector<std::string>& dimensions) const {
    const std::string path = path_of(group, name);
    const Hdf5Id set = parts_->open_set(group, name);
    const Hdf5Id type(parts_->good(H5Dget_type(set), path), H5Tclose);
    const H5T_class_t kind = H5Tget_class(type);
    if (kind != H5T_FLOAT && kind != H5T_INTEGER) parts_->fail(path, "does not hold numbers");
    check_dimensions(*this, parts_->shown, group, name, dimensions);
    const Hdf5Id space(parts_->good(H5Dget_space(set), path), H5Sclose);
    std::vector<double> values(parts_->count(space, path));
    parts_->good(H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
                 path);
    return values;
}

std::vector<std::int64_t>
ResultsReader::integers(const std::string& group, const std::string& name,
                        const std::vector<std::string>& dimensions) const {
    const std::string path = path_of(group, name);
    const Hdf5Id set = parts_->open_set(group, name);
    const Hdf5Id type(parts_->good(H5Dget_type(set), path), H5Tclose);
    if (H5Tget_class(type) != H5T_INTEGER) parts_->fail(path, "does not hold integers");
    check_dimensions(*this, parts_->shown, group, name, dimensions);
    const Hdf5Id space(parts_->good(H5Dget_space(set), path), H5Sclose);
    std::vector<std::int64_t> values(parts_->count(space, path));
    parts_->good(H5Dread(set, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
                 path);
    return values;
}

std::vector<std::string> ResultsReader::text(const std::string& group, const std::string& name,
                                             const std::vector<std::string>& dimensions) const {
    const std::string path = path_of(group, name);
    const Hdf5Id set = parts_->open_set(group, name);
    check_dimensions(*this, parts_->shown, group, name, dimensions);
    const Hdf5Id type(parts_->good(H5Dget_type(set), path), H5Tclose);
    const Hdf5Id space(parts_->good(H5Dget_space(set), path), H5Sclose);
    const auto read = [](std::int64_t from, std::int64_t in_memory, void* pointers) {
        return H5Dread(from, in_memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers);
    };
    return parts_->texts(type, space, path, parts_->count(space, path), read, set);
}

std::vector<std::string> ResultsReader::attributes(const std::string& object_path) const {
    const Hdf5Id object = parts_->open(object_path);
    H5O_info_t info;
    parts_->good(H5Oget_info(object, &info), object_path);
    std::vector<std::string> names;
    for (hsize_t i = 0; i < info.num_attrs; ++i) {
        char name[1024] = "";
        parts_->good(H5Aget_name_by_idx(object, ".", H5_INDEX_NAME, H5_ITER_INC, i, name,
                                        sizeof name, H5P_DEFAULT),
                     object_path);
        names.push_back(name);
    }
    return names;
}

bool ResultsReader::has_attribute(const std::string& object, const std::string& name) const {
    return H5Aexists(parts_->open(object), name.c_str()) > 0;
}

std::string ResultsReader::text_attribute(const std::string& object_path,
                                          const std::string& name) const {
    const std::string what = fmt::format("attribute {} of {}", name, object_path);
    const Hdf5Id object = parts_->open(object_path);
    if (H5Aexists(object, name.c_str()) <= 0) parts_->fail(what, "is absent");
    const Hdf5Id attribute(parts_->good(H5Aopen(object, name.c_str(), H5P_DEFAULT), what),
                           H5Aclose);
    const Hdf5Id type(parts_->good(H5Aget_type(attribute), what), H5Tclose);
    const Hdf5Id space(parts_->good(H5Aget_space(attribute), what), H5Sclose);
    if (parts_->count(space, what) != 1) parts_->fail(what, "is not one text");
    return parts_->texts(type, space, what, 1, H5Aread, attribute).front();
}

std::vector<double> ResultsReader::number_attribute(const std::string& object_path,
                                                    const std::string& name) const {
    const std::string what = fmt::format("attribute {} of {}", name, object_path);
    const Hdf5Id object = parts_->open(object_path);
    if (H5Aexists(object, name.c_str()) <= 0) parts_->fail(what, "is absent");
    const Hdf5Id attribute(parts_->good(H5Aopen(object, name.c_str(), H5P_DEFAULT), what),
                           H5Aclose);
    const Hdf5Id type(parts_->good(H5Aget_type(attribute), what), H5Tclose);
    const H5T_class_t kind = H5Tget_class(type);
    if (kind != H5T_FLOAT && kind != H5T_INTEGER) parts_->fail(what, "does not hold numbers");
    const Hdf5Id space(parts_->good(H5Aget_space(attribute), what), H5Sclose);
    std::vector<double> values(parts_->count(space, what));
    parts_->good(H5Aread(attribute, H5T_NATIVE_DOUBLE, values.data()), what);
    return values;
}

} // namespace lamina
