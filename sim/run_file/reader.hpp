/// Reads a results file. The file is opened only when its SHA-256 is the expected one: a parser of
/// HDF5 is not made for damaged files. What it gives is in memory: the file may be gone afterwards.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace lamina {

/// One variable, without its values.
struct VariableInfo {
    enum class Kind { real, integer, text };

    std::string name; ///< without its group
    Kind kind = Kind::real;
    std::vector<std::string> dimensions; ///< slowest first; "" for an axis without a name
    std::vector<std::size_t> shape;      ///< as many
    std::string units, long_name;        ///< empty if the file gives none
    bool is_coordinate = false;          ///< it names a dimension
};

/// Groups are named "" (the root) or by a path such as "rates"; objects as "", "rates",
/// "rates/rms". Every function throws FormatError naming file and object when something is absent
/// or of another shape or type than asked for.
class ResultsReader {
  public:
    /// @param sha256  64 hexadecimal digits, from run.json
    /// @throws IoError; DamagedFile with both hashes when they differ; FormatError if it is no HDF5
    static ResultsReader open_verified(const std::filesystem::path& path,
                                       const std::string& sha256);

    /// Of bytes whose hash the caller has compared. @param shown  the path as messages name it
    ResultsReader(std::vector<std::byte> verified_bytes, const std::string& shown);
    ResultsReader(ResultsReader&&) noexcept;
    ResultsReader& operator=(ResultsReader&&) noexcept;
    ~ResultsReader();

    /// Groups directly in `group`, in the order in which they were written.
    std::vector<std::string> groups(const std::string& group = "") const;
    /// Variables directly in `group`, coordinates among them, in the order of writing.
    std::vector<std::string> variables(const std::string& group) const;
    bool has_group(const std::string& group) const;
    bool has(const std::string& group, const std::string& name) const;
    VariableInfo describe(const std::string& group, const std::string& name) const;
    /// Length of a dimension of the group, with or without values.
    std::size_t dimension(const std::string& group, const std::string& name) const;

    /// All values, slowest index first. `dimensions`, when given, must be those of the variable.
    std::vector<double> numbers(const std::string& group, const std::string& name,
                                const std::vector<std::string>& dimensions = {}) const;
    std::vector<std::int64_t> integers(const std::string& group, const std::string& name,
                                       const std::vector<std::string>& dimensions = {}) const;
    std::vector<std::string> text(const std::string& group, const std::string& name,
                                  const std::vector<std::string>& dimensions = {}) const;

    std::vector<std::string> attributes(const std::string& object) const;
    bool has_attribute(const std::string& object, const std::string& name) const;
    std::string text_attribute(const std::string& object, const std::string& name) const;
    /// One number, or the numbers of a one-dimensional attribute.
    std::vector<double> number_attribute(const std::string& object, const std::string& name) const;

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace lamina
