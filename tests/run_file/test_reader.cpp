/// What Image writes, ResultsReader reads; what it did not write is an error that names it.
#include <catch2/catch.hpp>

#include <cmath>

#include "sim/run_file/atomic_file.hpp"
#include "sim/run_file/image.hpp"
#include "sim/run_file/io_error.hpp"
#include "sim/run_file/reader.hpp"
#include "sim/run_file/sha256.hpp"
#include "support/process.hpp"
#include "support/skip.hpp"

using namespace lamina;
using Strings = std::vector<std::string>;

namespace {

ResultsReader reader_of(Image& image) { return ResultsReader(image.finish(), "results.h5"); }

} // namespace

TEST_CASE("ResultsReader: reads back every type, shape, unit and attribute") {
    Image image;
    image.attribute("", "title", "round trip");
    image.attribute("", "seed", std::uint64_t(7));
    image.attribute("", "empty", "");
    image.coordinate("zeta", "time", std::vector<double>{0, 0.5}, "ms", "time");
    image.dimension("zeta", "unit", 3);
    image.variable("zeta", "rms", {"time", "unit"},
                   std::vector<double>{1, 2, std::nan(""), 4, 5, 6}, "Hz", "rate");
    image.variable("zeta", "half", {"unit"}, std::vector<float>{0.5f, 1.5f, 2.5f}, "mV", "float");
    image.variable("alpha/beta", "scalar", {}, std::vector<std::int64_t>{-(1LL << 60)}, "1", "one");
    image.dimension("alpha/beta", "row", 2);
    image.variable("alpha/beta", "label", {"row"}, Strings{"", "\xce\xb1"}, "1", "label");
    image.flags("alpha/beta", "match", {"row"}, {1, 0}, {0, 1}, {"no", "yes"}, "match");
    CHECK(image.has("zeta", "rms"));
    CHECK(!image.has("zeta", "mean"));
    const ResultsReader reader = reader_of(image);

    // the order of writing, not of the alphabet
    CHECK(reader.groups() == Strings{"zeta", "alpha"});
    CHECK(reader.groups("alpha") == Strings{"beta"});
    CHECK(reader.variables("zeta") == Strings{"time", "rms", "half"});
    CHECK(reader.variables("") == Strings{});
    CHECK(reader.has("zeta", "rms"));
    CHECK(!reader.has("zeta", "absent"));
    CHECK(reader.has_group("alpha/beta"));
    CHECK(!reader.has_group("zeta/rms"));
    CHECK(reader.dimension("zeta", "unit") == 3);
    CHECK(reader.dimension("zeta", "time") == 2);

    const VariableInfo rms = reader.describe("zeta", "rms");
    CHECK(rms.kind == VariableInfo::Kind::real);
    CHECK(rms.dimensions == Strings{"time", "unit"});
    CHECK(rms.shape == std::vector<std::size_t>{2, 3});
    CHECK(rms.units == "Hz");
    CHECK(rms.long_name == "rate");
    CHECK(!rms.is_coordinate);
    CHECK(reader.describe("zeta", "time").is_coordinate);
    CHECK(reader.describe("zeta", "time").dimensions == Strings{"time"});
    CHECK(reader.describe("alpha/beta", "label").kind == VariableInfo::Kind::text);
    CHECK(reader.describe("alpha/beta", "scalar").shape.empty());

    const std::vector<double> values = reader.numbers("zeta", "rms", {"time", "unit"});
    REQUIRE(values.size() == 6);
    CHECK(std::isnan(values[2]));
    CHECK(values[5] == 6);
    CHECK(reader.numbers("zeta", "half") == std::vector<double>{0.5, 1.5, 2.5});
    CHECK(reader.integers("alpha/beta", "scalar") == std::vector<std::int64_t>{-(1LL << 60)});
    CHECK(reader.integers("alpha/beta", "match") == std::vector<std::int64_t>{1, 0});
    CHECK(reader.text("alpha/beta", "label", {"row"}) == Strings{"", "\xce\xb1"});

    CHECK(reader.text_attribute("", "title") == "round trip");
    CHECK(reader.text_attribute("", "empty").empty());
    CHECK(reader.number_attribute("", "seed") == std::vector<double>{7});
    CHECK(reader.number_attribute("alpha/beta/match", "flag_values") == std::vector<double>{0, 1});
    CHECK(reader.attributes("") == Strings{"empty", "seed", "title"});
    CHECK(reader.has_attribute("zeta/rms", "units"));
}

TEST_CASE("ResultsReader: a large compressed variable comes back exactly") {
    const std::size_t n = 700, m = 500;
    std::vector<double> values(n * m);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = std::sin(double(i));
    Image image;
    image.dimension("g", "row", n);
    image.dimension("g", "column", m);
    image.variable("g", "x", {"row", "column"}, Values(values.data(), values.size()), "1", "x");
    CHECK(reader_of(image).numbers("g", "x") == values);
}

TEST_CASE("ResultsReader: an absent name, another type or another shape is named") {
    Image image;
    image.dimension("g", "row", 2);
    image.variable("g", "x", {"row"}, std::vector<double>{1, 2}, "1", "x");
    image.variable("g", "label", {"row"}, Strings{"a", "b"}, "1", "label");
    image.attribute("", "title", "t");
    const ResultsReader reader = reader_of(image);
    // names the file and the variable, and says why
    const auto names = [&](const std::string& why, auto read) {
        try {
            read();
        } catch (const FormatError& error) {
            const std::string message = error.what();
            return message.find("results.h5: g/") == 0 && message.find(why) != message.npos;
        }
        return false;
    };
    CHECK(names("is not in this file", [&] { reader.numbers("g", "absent"); }));
    CHECK(names("does not hold numbers", [&] { reader.numbers("g", "label"); }));
    CHECK(names("does not hold integers", [&] { reader.integers("g", "x"); }));
    CHECK(names("is no text", [&] { reader.text("g", "x"); }));
    CHECK(names("has dimensions [row] instead of [column]",
                [&] { reader.numbers("g", "x", {"column"}); }));
    CHECK_THROWS_AS(reader.numbers("", "g"), FormatError);
    CHECK_THROWS_AS(reader.variables("absent"), FormatError);
    CHECK_THROWS_AS(reader.variables("g/x"), FormatError);
    CHECK_THROWS_AS(reader.text_attribute("", "absent"), FormatError);
    CHECK_THROWS_AS(reader.number_attribute("", "title"), FormatError);
    CHECK_THROWS_AS(reader.dimension("g", "x"), FormatError);
    for (const char* path : {"/", "//", "g/", "/g", "../g", "g//x", "."})
        CHECK_THROWS_AS(reader.variables(path), FormatError);
}

TEST_CASE("ResultsReader: bytes that are not HDF5 are refused in silence") {
    for (const std::string& text : {std::string(), std::string("x"), std::string(100'000, 'x')}) {
        const auto* first = reinterpret_cast<const std::byte*>(text.data());
        std::vector<std::byte> bytes(first, first + text.size());
        CHECK_THROWS_AS(ResultsReader(std::move(bytes), "results.h5"), FormatError);
    }
}

TEST_CASE("ResultsReader: links and values elsewhere, and types of others, are refused") {
    const test::TemporaryDirectory folder;
    test::write_file(folder.path() / "foreign.py", R"(
import sys
try:
    import h5py, numpy as np
except ImportError:
    sys.exit(77)
with h5py.File(sys.argv[1], "w") as f:
    f["secret"] = np.arange(3)
with h5py.File(sys.argv[2], "w") as f:
    f["external"] = h5py.ExternalLink(sys.argv[1], "secret")
    f["soft"] = h5py.SoftLink("/plain")
    f["plain"] = np.arange(3)
    f["fixed"] = np.array([b"ab", b"cd"])
    f["compound"] = np.zeros(2, dtype=[("a", "f8")])
    f["unscaled"] = np.zeros((2, 2))
    f.create_dataset("elsewhere", (3,), "u1", external=[("/etc/passwd", 0, 3)])
    f.create_dataset("endless", (1 << 40,), "f8", chunks=(1024,))
)");
    const std::string other = (folder.path() / "other.h5").string();
    const std::string path = (folder.path() / "foreign.h5").string();
    const test::ProcessResult python = test::run_process(
        {"/usr/bin/python3", (folder.path() / "foreign.py").string(), other, path});
    INFO(python.err);
    if (python.exit_code == 77 || python.exit_code == 127) {
        test::skip("no python3-h5py");
        return;
    }
    REQUIRE(python.exit_code == 0);
    const ResultsReader reader = ResultsReader::open_verified(path, sha256_of_file(path));
    CHECK(reader.integers("", "plain") == std::vector<std::int64_t>{0, 1, 2});
    for (const char* name : {"external", "soft", "fixed", "compound", "elsewhere", "endless"}) {
        INFO(name);
        CHECK_THROWS_AS(reader.numbers("", name), FormatError);
        CHECK_THROWS_AS(reader.text("", name), FormatError);
    }
    CHECK_THROWS_AS(reader.describe("", "compound"), FormatError);
    CHECK(reader.describe("", "unscaled").dimensions == Strings{"", ""});
}
