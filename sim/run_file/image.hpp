/// A results file, built in memory: HDF5 that xarray.open_dataset opens directly, with either
/// engine. The same calls give the same bytes. Written with write_atomically(path, image.finish()).
///
///     Image image;
///     image.attribute("", "title", "recall");
///     image.coordinate("rates", "time", time_ms, "ms", "time");
///     image.coordinate("rates", "population", names, "1", "population");
///     image.variable("rates", "rms", {"time", "population"}, rms, "1", "root mean square rate");
///     write_atomically(folder / "results.h5", image.finish());
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace lamina {

/// The values of one variable, by reference: a vector, or a pointer and a count. Slowest index
/// first.
struct Values {
    enum class Type { float64, float32, int64, uint64, int32, uint8, text };

    Values(const std::vector<double>& v) : Values(v.data(), v.size()) {}
    Values(const std::vector<float>& v) : Values(v.data(), v.size()) {}
    Values(const std::vector<std::int64_t>& v) : Values(v.data(), v.size()) {}
    Values(const std::vector<std::uint64_t>& v) : Values(v.data(), v.size()) {}
    Values(const std::vector<std::int32_t>& v) : Values(v.data(), v.size()) {}
    Values(const std::vector<std::uint8_t>& v) : Values(v.data(), v.size()) {}
    Values(const std::vector<std::string>& v) : Values(v.data(), v.size()) {}
    Values(const double* first, std::size_t n) : type(Type::float64), data(first), size(n) {}
    Values(const float* first, std::size_t n) : type(Type::float32), data(first), size(n) {}
    Values(const std::int64_t* first, std::size_t n) : type(Type::int64), data(first), size(n) {}
    Values(const std::uint64_t* first, std::size_t n) : type(Type::uint64), data(first), size(n) {}
    Values(const std::int32_t* first, std::size_t n) : type(Type::int32), data(first), size(n) {}
    Values(const std::uint8_t* first, std::size_t n) : type(Type::uint8), data(first), size(n) {}
    Values(const std::string* first, std::size_t n) : type(Type::text), data(first), size(n) {}

    Type type;
    const void* data;
    std::size_t size;
};

/// Missing numbers are NaN (`_FillValue` says so); integers are stored as they are, and -1 where
/// one is missing, without `_FillValue`, because xarray would turn such a variable into floats.
///
/// Text is stored as UTF-8; bytes that are not become U+FFFD.
///
/// `group` is "" for the root, or a path such as "rates"; it is made when first named. Names are
/// [A-Za-z_][A-Za-z0-9_]*, as Python and netCDF like them. Every `units` is given: "1" when
/// dimensionless; "ms" and "s", never a word such as "seconds", which xarray would take for a
/// duration type.
/// @throws std::invalid_argument naming group and variable when a call breaks these rules, names an
///         unknown dimension, or gives another number of values than the dimensions hold
class Image {
  public:
    Image();
    Image(Image&&) noexcept;
    Image& operator=(Image&&) noexcept;
    ~Image();

    /// An attribute of the root (""), of a group ("rates"), or of a variable that exists
    /// ("rates/rms").
    void attribute(const std::string& object, const std::string& name, const std::string& text);
    void attribute(const std::string& object, const std::string& name, const char* text);
    void attribute(const std::string& object, const std::string& name, double number);
    void attribute(const std::string& object, const std::string& name, int number);
    void attribute(const std::string& object, const std::string& name, std::int64_t number);
    void attribute(const std::string& object, const std::string& name, std::uint64_t number);
    void attribute(const std::string& object, const std::string& name,
                   const std::vector<std::uint32_t>& numbers);

    /// A dimension without values of its own, `length` >= 1.
    void dimension(const std::string& group, const std::string& name, std::size_t length);

    /// A dimension whose values are known: as long as `values`, which are numbers or text.
    void coordinate(const std::string& group, const std::string& name, Values values,
                    const std::string& units, const std::string& long_name);

    /// A variable over dimensions that exist in its group; no dimensions: one value.
    void variable(const std::string& group, const std::string& name,
                  const std::vector<std::string>& dimensions, Values values,
                  const std::string& units, const std::string& long_name);

    /// A variable of small codes: `meanings[i]` (one word each) is what `codes[i]` means.
    void flags(const std::string& group, const std::string& name,
               const std::vector<std::string>& dimensions, const std::vector<std::uint8_t>& values,
               const std::vector<std::uint8_t>& codes, const std::vector<std::string>& meanings,
               const std::string& long_name);

    /// A dataset as the formats of other programs have them: a shape, and neither dimensions nor
    /// units. Numbers may be none. Text takes as many bytes as the longest, filled with zeros.
    void plain(const std::string& group, const std::string& name,
               const std::vector<std::size_t>& shape, Values values);

    /// Whether a dimension, coordinate or variable of that name exists.
    bool has(const std::string& group, const std::string& name) const;

    /// The file. The image is then closed: calling anything more is an error.
    std::vector<std::byte> finish();

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace lamina
