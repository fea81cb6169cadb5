/// A results file opens in xarray with both engines, and equal calls give equal bytes.
#include <catch2/catch.hpp>

#include <chrono>
#include <cmath>
#include <ctime>
#include <memory>
#include <thread>

#include "sim/run_file/atomic_file.hpp"
#include "sim/run_file/image.hpp"
#include "sim/run_file/sha256.hpp"
#include "sim/run_file/utf8.hpp"
#include "support/process.hpp"
#include "support/skip.hpp"

using namespace lamina;

namespace {

/// One of everything: text and number coordinates, a bare dimension, flags, a large variable.
std::vector<std::byte> one_of_everything() {
    Image image;
    image.attribute("", "title", "one of everything");
    image.attribute("", "Conventions", "CF-1.10");
    image.attribute("", "lamina_format", 1);
    image.attribute("", "seed", std::uint64_t(18446744073709551615u));
    image.attribute("", "spec", std::string(100'000, 'y'));

    const std::vector<double> time_ms = {0, 5, 10};
    const std::vector<std::string> population = {"L4E", "L2/3 \xc3\xa9", ""};
    image.coordinate("rates", "time", time_ms, "ms", "time");
    image.coordinate("rates", "population", population, "1", "population");
    image.dimension("rates", "unit", 400);
    image.attribute("rates", "note", "rates by population");
    const std::vector<double> mean = {1, 2, 3, 4, std::nan(""), 6, 7, 8, 9};
    image.variable("rates", "mean", {"time", "population"}, mean, "Hz", "mean rate");
    std::vector<float> each(3 * 3 * 400);
    for (std::size_t i = 0; i < each.size(); ++i) each[i] = float(i % 97);
    image.variable("rates", "each", {"time", "population", "unit"}, each, "Hz", "rate of a unit");
    image.variable("rates", "bin_ms", {}, Values(time_ms.data() + 1, 1), "ms", "width of a bin");

    image.dimension("trials", "trial", 4);
    image.variable("trials", "item", {"trial"}, std::vector<std::int32_t>{3, -1, 2, 0}, "1",
                   "stimulus index");
    image.variable("trials", "count", {"trial"}, std::vector<std::int64_t>{1, 2, 3, 1LL << 40}, "1",
                   "a large count");
    image.flags("trials", "choice", {"trial"}, {1, 0, 255, 1}, {0, 1, 255},
                {"nonmatch", "match", "none"}, "what was answered");
    image.variable("trials", "label", {"trial"}, std::vector<std::string>{"a", "bb", "", "dddd"},
                   "1", "name of the trial");
    return image.finish();
}

} // namespace

TEST_CASE("Image: xarray opens the file with both engines and finds what was written") {
    const test::TemporaryDirectory folder;
    write_atomically(folder.path() / "results.h5", one_of_everything());
    test::write_file(folder.path() / "check.py", R"(
import sys
try:
    import numpy as np, xarray as xr, netCDF4, h5netcdf
except ImportError as absent:
    print(absent)
    sys.exit(77)
for engine in ("netcdf4", "h5netcdf"):
    def load(group=None):
        with xr.open_dataset(sys.argv[1], group=group, engine=engine) as data:
            return data.load()
    root = load()
    assert root.attrs["title"] == "one of everything", root.attrs
    assert int(root.attrs["seed"]) == 18446744073709551615, root.attrs["seed"]
    assert len(root.attrs["spec"]) == 100000
    rates = load("rates")
    assert rates.attrs["note"] == "rates by population"
    assert dict(rates.sizes) == {"time": 3, "population": 3, "unit": 400}, rates.sizes
    assert list(rates.coords) == ["time", "population"], rates.coords
    assert rates.time.values.tolist() == [0.0, 5.0, 10.0] and rates.time.dtype == np.float64
    assert rates.population.values.tolist() == ["L4E", "L2/3 \u00e9", ""], rates.population
    assert rates["mean"].dims == ("time", "population")
    assert rates["mean"].sel(time=5, population="L4E") == 4.0
    assert np.isnan(rates["mean"].values[1, 1]) and np.isnan(rates["mean"].values).sum() == 1
    assert rates["mean"].attrs["units"] == "Hz" and rates["mean"].attrs["long_name"] == "mean rate"
    assert rates.each.dtype == np.float32
    assert (rates.each.values.ravel() == np.arange(3600) % 97).all()
    assert rates.bin_ms.values == 5.0 and rates.bin_ms.dims == ()
    trials = load("trials")
    assert "trial" not in trials.variables and dict(trials.sizes) == {"trial": 4}, trials
    assert trials.item.dtype == np.int32 and trials.item.values.tolist() == [3, -1, 2, 0]
    assert trials["count"].values.tolist() == [1, 2, 3, 1 << 40]
    assert trials.choice.dtype == np.uint8 and trials.choice.values.tolist() == [1, 0, 255, 1]
    assert np.asarray(trials.choice.attrs["flag_values"]).tolist() == [0, 1, 255]
    assert trials.choice.attrs["flag_meanings"] == "nonmatch match none"
    assert trials.label.values.tolist() == ["a", "bb", "", "dddd"]
    print("opened with", engine)
)");
    const test::ProcessResult python =
        test::run_process({"/usr/bin/python3", (folder.path() / "check.py").string(),
                           (folder.path() / "results.h5").string()});
    INFO(python.out << python.err);
    if (python.exit_code == 77 || python.exit_code == 127) {
        test::skip("no python3-xarray with netCDF4 and h5netcdf");
        return;
    }
    CHECK(python.exit_code == 0);
}

TEST_CASE("Image: equal calls give equal bytes, whatever memory held before") {
    const std::string first = sha256_of(one_of_everything());
    // used memory is full of old bytes; any of them in the file would differ
    for (const unsigned char old : {0x00, 0xff, 0x5a}) {
        std::vector<std::unique_ptr<std::vector<unsigned char>>> used;
        for (std::size_t n = 8; n < 200'000; n = n * 5 / 4)
            for (int copies = 0; copies < 8; ++copies)
                used.push_back(std::make_unique<std::vector<unsigned char>>(n, old));
        used.clear();
        // and in another second: no time of writing may be in the file
        for (const std::time_t now = std::time(nullptr); old == 0 && std::time(nullptr) == now;)
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        CHECK(sha256_of(one_of_everything()) == first);
    }
}

TEST_CASE("Image: a call that breaks a rule is refused and named") {
    Image image;
    image.dimension("trials", "trial", 4);
    const std::vector<double> three(3), four(4);
    using Catch::Matchers::Contains;
    CHECK_THROWS_WITH(image.variable("trials", "load", {"trial"}, three, "1", "load"),
                      Contains("trials/load") && Contains("3 values") && Contains("trial 4"));
    CHECK_THROWS_WITH(image.variable("trials", "load", {"slot"}, four, "1", "load"),
                      Contains("trials/load") && Contains("unknown dimension slot"));
    CHECK_THROWS_WITH(image.variable("trials", "load", {"trial"}, four, "", "load"),
                      Contains("units"));
    CHECK_THROWS_WITH(image.variable("trials", "rt", {"trial"}, four, "seconds", "reaction time"),
                      Contains("write the unit as s or ms"));
    CHECK_THROWS_WITH(image.variable("trials", "a/b", {"trial"}, four, "1", "x"),
                      Contains("name is"));
    CHECK_THROWS_WITH(image.dimension("trials", "trial", 4), Contains("twice"));
    CHECK_THROWS_WITH(image.attribute("trials/laod", "note", "x"), Contains("trials/laod"));
    CHECK_THROWS_WITH(image.coordinate("trials", "none", std::vector<double>(), "1", "x"),
                      Contains("at least one value"));
    image.attribute("trials", "note", "x");
    CHECK_THROWS_WITH(image.attribute("trials", "note", "y"), Contains("twice"));
    CHECK_THROWS_WITH(
        image.flags("trials", "choice", {"trial"}, {0, 1, 0, 7}, {0, 1}, {"no", "yes"}, "answer"),
        Contains("value 7 has no meaning"));
}

TEST_CASE("valid_utf8: what is valid stays, every other byte becomes U+FFFD") {
    const std::string mark = "\xef\xbf\xbd";
    for (const char* valid : {"", "a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\xa7\xa0",
                              "\xed\x9f\xbf", "\xee\x80\x80", "\xf4\x8f\xbf\xbf"})
        CHECK(valid_utf8(valid) == valid);
    CHECK(valid_utf8("caf\xe9s") == "caf" + mark + "s");
    CHECK(valid_utf8("\xc3") == mark);
    CHECK(valid_utf8("\xc3(") == mark + "(");
    CHECK(valid_utf8("\xe2\x82") == mark + mark);
    CHECK(valid_utf8("\xc0\xaf") == mark + mark);                       // over-long '/'
    CHECK(valid_utf8("\xe0\x80\xaf") == mark + mark + mark);            // over-long
    CHECK(valid_utf8("\xed\xa0\x80") == mark + mark + mark);            // surrogate
    CHECK(valid_utf8("\xf4\x90\x80\x80") == mark + mark + mark + mark); // beyond U+10FFFF
    CHECK(valid_utf8("\xf5\x80\x80\x80") == mark + mark + mark + mark);
    CHECK(valid_utf8(std::string("a\0b", 3)) == "a" + mark + "b");
}
