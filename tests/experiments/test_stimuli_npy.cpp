#include <catch2/catch.hpp>

#include <cstring>
#include <string>
#include <vector>

#include "experiments/npy.hpp"
#include "kernels/philox.hpp"
#include "sim/errors.hpp"

using namespace lamina;
using Catch::Contains;

namespace {

constexpr const char* good = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 1), }\n";

/// A .npy of this header, with `n_bytes` of data after it.
std::string file_of(const std::string& header, std::size_t n_bytes, int major = 1) {
    std::string bytes = "\x93NUMPY";
    bytes += {char(major), '\0', char(header.size() & 0xff), char(header.size() >> 8)};
    if (major == 2) bytes += {char(header.size() >> 16), char(header.size() >> 24)};
    return bytes + header + std::string(n_bytes, '\0');
}

std::string refusal_of_npy(const std::string& bytes) {
    try {
        parse_npy(bytes, "x.npy");
    } catch (const SpecError& error) { return error.what(); }
    return "not refused";
}

} // namespace

TEST_CASE("npy: float32 and float64, versions 1.0 and 2.0, any order and spacing of the header") {
    const float f4[] = {1.5f, -2};
    const double f8[] = {1.5, -2};
    for (const int major : {1, 2}) {
        std::string bytes = file_of(good, 16, major);
        std::memcpy(&bytes[bytes.size() - 16], f8, 16);
        CHECK(parse_npy(bytes, "x").values == std::vector<double>{1.5, -2});
        CHECK(parse_npy(bytes, "x").shape == std::vector<std::size_t>{2, 1});
    }
    std::string bytes = file_of("{ \"shape\":(2,) ,'fortran_order' : False,'descr':'<f4'}", 8);
    std::memcpy(&bytes[bytes.size() - 8], f4, 8);
    CHECK(parse_npy(bytes, "x").values == std::vector<double>{1.5, -2});
    CHECK(parse_npy(bytes, "x").shape == std::vector<std::size_t>{2});
    // a number without axes, and arrays without entries
    CHECK(parse_npy(file_of("{'descr': '<f8', 'fortran_order': False, 'shape': ()}", 8), "x")
              .values.size() == 1);
    CHECK(parse_npy(file_of("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 3)}", 0), "x")
              .values.empty());
}

TEST_CASE("npy: what a hostile header says is not believed") {
    const auto with_shape = [](const std::string& shape) {
        return file_of("{'descr': '<f8', 'fortran_order': False, 'shape': " + shape + "}", 16);
    };
    CHECK_THAT(refusal_of_npy(""),
               Contains("x.npy: is not a NumPy .npy file; save it as numpy.save"));
    CHECK_THAT(refusal_of_npy("\x93NUMPY"), Contains("is not"));
    CHECK_THAT(refusal_of_npy(file_of(good, 16, 3)), Contains("version 3.0"));
    // sizes: wrong, overflowing, negative, fractional, too many
    CHECK_THAT(refusal_of_npy(file_of(good, 15)), Contains("claims 16 bytes and 15 follow"));
    CHECK_THAT(refusal_of_npy(file_of(good, 17)), Contains("claims 16 bytes and 17 follow"));
    CHECK_THAT(refusal_of_npy(with_shape("(4294967296, 4294967298)")), Contains("more than 2^64"));
    CHECK_THAT(refusal_of_npy(with_shape("(2305843009213693954,)")), Contains("more than 2^64"));
    CHECK_THAT(refusal_of_npy(with_shape("(99999999999999999999999,)")), Contains("whole numbers"));
    CHECK_THAT(refusal_of_npy(with_shape("(-2,)")), Contains("whole numbers"));
    CHECK_THAT(refusal_of_npy(with_shape("(2.0,)")), Contains("not a tuple"));
    CHECK_THAT(refusal_of_npy(with_shape("(1,1,1,1,1,1,1,1,2)")), Contains("more than 8 axes"));
    CHECK_THAT(refusal_of_npy(with_shape("2")), Contains("not a dictionary"));
    CHECK_THAT(refusal_of_npy(with_shape("(2")), Contains("not a tuple"));
    // the header itself
    std::string cut = file_of(good, 0);
    cut.resize(40);
    CHECK_THAT(refusal_of_npy(cut), Contains("cut inside its header"));
    CHECK_THAT(refusal_of_npy(file_of(std::string(good) + "x", 16)), Contains("goes on after"));
    CHECK_THAT(refusal_of_npy(file_of("{'descr': '<f8', 'descr': '<f8'}", 0)),
               Contains("'descr' twice"));
    CHECK_THAT(refusal_of_npy(file_of("{'descr': '<f8', 'fortran_order': False}", 0)),
               Contains("lacks"));
    CHECK_THAT(refusal_of_npy(file_of("{'evil\x01': 1}", 0)), Contains("unknown key 'evil?'"));
    CHECK_THAT(refusal_of_npy(file_of("{'descr", 0)), Contains("cut inside a name"));
    // types
    const auto with_type = [](const std::string& descr, const std::string& fortran = "False") {
        return file_of("{'descr': " + descr + ", 'fortran_order': " + fortran + ", 'shape': (2,)}",
                       16);
    };
    CHECK_THAT(refusal_of_npy(with_type("'|O'")), Contains("type '|O'"));
    CHECK_THAT(refusal_of_npy(with_type("'>f8'")), Contains("type '>f8'"));
    CHECK_THAT(refusal_of_npy(with_type("[('a', '<f8')]")), Contains("several fields"));
    CHECK_THAT(refusal_of_npy(with_type("'<f8'", "True")), Contains("Fortran"));
    CHECK_THAT(refusal_of_npy(with_type("'<f8'", "1")), Contains("neither True nor False"));
    // a header of more than 64 KiB, in version 2.0
    CHECK_THAT(refusal_of_npy(file_of(std::string(70000, ' '), 0, 2)), Contains("70000 bytes"));
}

TEST_CASE("npy: a damaged file is read or refused, never anything else") {
    const std::string whole = file_of(good, 16);
    for (std::size_t length = 0; length < whole.size(); ++length)
        CHECK(refusal_of_npy(whole.substr(0, length)) != "not refused");
    // 20000 files with one to four bytes changed: SpecError or an array whose size fits
    int n_read = 0;
    for (std::uint32_t i = 0; i < 20000; ++i) {
        std::string damaged = whole;
        const PhiloxWords place = philox(1, 0, Stream::laboratory, i, 0);
        const PhiloxWords value = philox(1, 0, Stream::laboratory, i, 1);
        for (std::uint32_t k = 0; k <= i % 4; ++k)
            damaged[place.word[k] % damaged.size()] = char(value.word[k]);
        try {
            const NpyArray array = parse_npy(damaged, "x.npy");
            std::size_t n = 1;
            for (const std::size_t size : array.shape) n *= size;
            REQUIRE(array.values.size() == n);
            ++n_read;
        } catch (const SpecError&) {}
    }
    CHECK(n_read > 0);     // damage to the numbers themselves shows in the numbers
    CHECK(n_read < 20000); // and damage to the header was seen
}
