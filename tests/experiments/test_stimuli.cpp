#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <numeric>
#include <string>
#include <vector>

#include "experiments/data_path.hpp"
#include "experiments/stimuli.hpp"
#include "sim/errors.hpp"
#include "support/process.hpp"
#include "support/skip.hpp"

using namespace lamina;
using Catch::Contains;

namespace {

/// Ranks from 1; equal values share the mean of theirs.
std::vector<double> ranks(const std::vector<double>& x) {
    std::vector<std::size_t> order(x.size());
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(), [&](auto a, auto b) { return x[a] < x[b]; });
    std::vector<double> rank(x.size());
    for (std::size_t first = 0; first < order.size();) {
        std::size_t end = first;
        while (end < order.size() && x[order[end]] == x[order[first]]) ++end;
        for (std::size_t i = first; i < end; ++i) rank[order[i]] = double(first + end + 1) / 2;
        first = end;
    }
    return rank;
}

double correlation(const std::vector<double>& x, const std::vector<double>& y) {
    const double n = double(x.size());
    const double mx = std::accumulate(x.begin(), x.end(), 0.0) / n;
    const double my = std::accumulate(y.begin(), y.end(), 0.0) / n;
    double xy = 0, xx = 0, yy = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        xy += (x[i] - mx) * (y[i] - my);
        xx += (x[i] - mx) * (x[i] - mx);
        yy += (y[i] - my) * (y[i] - my);
    }
    return xy / std::sqrt(xx * yy);
}

double spearman(const std::vector<double>& x, const std::vector<double>& y) {
    return correlation(ranks(x), ranks(y));
}

std::vector<double> distances_of_stimuli(const Stimuli& s) {
    std::vector<double> squared;
    for (int i = 0; i < s.number; ++i)
        for (int j = i + 1; j < s.number; ++j) {
            double sum = 0;
            for (int u = 0; u < s.d_model; ++u) {
                const double difference = s.vectors[std::size_t(i * s.d_model + u)] -
                                          s.vectors[std::size_t(j * s.d_model + u)];
                sum += difference * difference;
            }
            squared.push_back(sum);
        }
    return squared;
}

double mean_squared_length(const Stimuli& s) {
    double sum = 0;
    for (const double x : s.vectors) sum += x * x;
    return sum / s.number;
}

/// A .npy of version 1.0 holding float64.
std::string npy_file(const std::string& shape, const std::vector<double>& values) {
    std::string header = "{'descr': '<f8', 'fortran_order': False, 'shape': " + shape + ", }";
    header.resize((header.size() + 10 + 64) / 64 * 64 - 10, ' ');
    header.back() = '\n';
    std::string bytes = "\x93NUMPY";
    bytes += {'\1', '\0', char(header.size() & 0xff), char(header.size() >> 8)};
    bytes += header;
    bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(double));
    return bytes;
}

StimuliSpec of_kind(const std::string& kind, const std::string& file = "", int number = 16) {
    StimuliSpec spec;
    spec.kind = kind;
    spec.file = file;
    spec.number = number;
    return spec;
}

/// LAMINA_DATA for as long as the object lives.
class DataFolder {
  public:
    explicit DataFolder(const char* folder) {
        const char* was = std::getenv("LAMINA_DATA");
        if (was != nullptr) before_ = was;
        had_one_ = was != nullptr;
        if (folder != nullptr)
            setenv("LAMINA_DATA", folder, 1);
        else
            unsetenv("LAMINA_DATA");
    }
    ~DataFolder() {
        if (had_one_)
            setenv("LAMINA_DATA", before_.c_str(), 1);
        else
            unsetenv("LAMINA_DATA");
    }

  private:
    std::string before_;
    bool had_one_ = false;
};

} // namespace

TEST_CASE("ring: every stimulus is the same code, turned") {
    const Stimuli s = make_stimuli(of_kind("ring"), 64, "", 1);
    CHECK(s.number == 16);
    CHECK(s.circular);
    CHECK(s.angle_deg[4] == 90);
    CHECK(s.names[3] == "67.5 deg");
    CHECK(s.preferred_rad[16] == Approx(1.5707963267948966).epsilon(1e-15));
    // 22.5 deg are 4 of 64 units
    for (int i = 0; i < 16; ++i)
        for (int u = 0; u < 64; ++u)
            CHECK(s.vectors[std::size_t(i * 64 + u)] ==
                  Approx(s.vectors[std::size_t((u + 64 - 4 * i) % 64)]).epsilon(1e-14));
}

TEST_CASE("ring: the code is exp(kappa (cos(theta - phi) - 1))") {
    const int d_model = 12;
    for (const double theta : {0.0, 0.3, -2.0, 7.5}) {
        const std::vector<double> code = code_of_angle(theta, 2.5, d_model);
        REQUIRE(code.size() == 12);
        for (int u = 0; u < d_model; ++u) {
            const double phi = 2 * 3.141592653589793 * u / d_model;
            // kappa times the rounding of an angle of some radians
            CHECK(code[std::size_t(u)] ==
                  Approx(std::exp(2.5 * (std::cos(theta - phi) - 1))).epsilon(1e-14));
        }
        CHECK(make_stimuli(of_kind("ring"), 12, "", 1).code_of_angle(theta) ==
              code_of_angle(theta, 4, 12));
    }
    // the population vector points at the angle: exact for a band-limited code, here to e^-40
    const std::vector<double> code = code_of_angle(1.234, 4, 64);
    double x = 0, y = 0;
    for (int u = 0; u < 64; ++u) {
        x += code[std::size_t(u)] * std::cos(2 * 3.141592653589793 * u / 64);
        y += code[std::size_t(u)] * std::sin(2 * 3.141592653589793 * u / 64);
    }
    CHECK(std::atan2(y, x) == Approx(1.234).epsilon(1e-14));
}

TEST_CASE("random stimuli are N(0, 1) numbers of the seed") {
    const Stimuli s = make_stimuli(of_kind("random", "", 200), 50, "", 3);
    REQUIRE(s.vectors.size() == 10000);
    double sum = 0, squares = 0;
    for (const double x : s.vectors) {
        sum += x;
        squares += x * x;
    }
    // null: N(0, 1), n = 10^4; 5 standard errors, 6e-7 false alarms each; sees a mean of 0.05
    CHECK(std::fabs(sum) < 5 * 100);
    CHECK(std::fabs(squares - 1e4) < 5 * std::sqrt(2e4));
    CHECK(make_stimuli(of_kind("random", "", 200), 50, "", 3).vectors == s.vectors);
    CHECK(make_stimuli(of_kind("random", "", 200), 50, "", 4).vectors != s.vectors);
}

TEST_CASE("vectors are read from .npy and from CSV, with or without a header") {
    const test::TemporaryDirectory folder;
    const std::vector<double> expected = {1, -2.5, 1e-3, 0, 4, 5};
    test::write_file(folder.path() / "v.npy", npy_file("(2, 3)", expected));
    test::write_file(folder.path() / "plain.csv", "1, -2.5 ,1e-3\r\n\r\n0,+4,5\r\n");
    test::write_file(folder.path() / "head.csv",
                     "# measured\na,b,\"c, or d\"\n1,-2.5,0.001\n0,4,5");
    test::write_file(folder.path() / "names.csv", "name,x\n\"a \"\"dog\"\"\",1\ncat,2\n");
    for (const char* file : {"v.npy", "plain.csv", "head.csv"}) {
        INFO(file);
        StimuliSpec spec = of_kind("vectors", file);
        spec.names = "names.csv";
        const Stimuli s = make_stimuli(spec, 3, folder.path().string(), 1);
        CHECK(s.number == 2);
        CHECK(s.vectors == expected);
        CHECK(s.names == std::vector<std::string>{"a \"dog\"", "cat"});
    }
    CHECK(make_stimuli(of_kind("vectors", (folder.path() / "v.npy").string()), 3, "elsewhere", 1)
              .names[1] == "stimulus 1");
}

TEST_CASE("stimuli that cannot be made are refused with file, reason and remedy") {
    const test::TemporaryDirectory folder;
    const auto refusal = [&](const std::string& kind, const std::string& file, int d_model = 3,
                             const std::string& names = "") -> std::string {
        StimuliSpec spec = of_kind(kind, file);
        spec.names = names;
        try {
            make_stimuli(spec, d_model, folder.path().string(), 1);
        } catch (const SpecError& error) { return error.what(); }
        return "not refused";
    };
    const auto write = [&](const char* name, const std::string& bytes) {
        test::write_file(folder.path() / name, bytes);
    };
    write("v.npy", npy_file("(2, 3)", {1, 2, 3, 4, 5, 6}));
    write("line.npy", npy_file("(6,)", {1, 2, 3, 4, 5, 6}));
    write("nan.npy", npy_file("(1, 3)", {1, std::nan(""), 3}));
    write("square.npy", npy_file("(2, 2)", {0, 1, 1, 0}));
    write("zero.npy", npy_file("(3,)", {0, 0, 0}));
    write("ragged.csv", "1,2,3\n4,5\n");
    write("word.csv", "1,2,3\n4,five,6\n");
    write("open.csv", "1,2,\"3\n4,5,6\n");
    write("one.csv", "name\na\n");
    write("nameless.csv", "title\na\nb\n");

    CHECK_THAT(refusal("vectors", ""), Contains("needs a file"));
    CHECK_THAT(refusal("vectors", "absent.npy"), Contains("absent.npy: no such file"));
    CHECK_THAT(refusal("rdm", "."), Contains("not a plain file"));
    CHECK_THAT(refusal("vectors", "v.txt"), Contains("neither .npy nor .csv"));
    CHECK_THAT(refusal("vectors", "v.npy", 64), Contains("v.npy") && Contains("write d_model: 3"));
    CHECK_THAT(refusal("vectors", "line.npy"), Contains("has 1 axes and needs 2"));
    CHECK_THAT(refusal("vectors", "nan.npy"), Contains("value 1 is nan"));
    CHECK_THAT(refusal("vectors", "ragged.csv"), Contains("ragged.csv:2: has 2 fields"));
    CHECK_THAT(refusal("vectors", "word.csv"), Contains("word.csv:2: field 2 is 'five'"));
    CHECK_THAT(refusal("vectors", "open.csv"), Contains("open.csv:1: a quote opens here"));
    CHECK_THAT(refusal("rdm", "square.npy"), Contains("triu_indices"));
    CHECK_THAT(refusal("rdm", "zero.npy"), Contains("span no dimension"));
    CHECK_THAT(refusal("vectors", "v.npy", 3, "one.csv"),
               Contains("names 1 stimuli and there are 2"));
    CHECK_THAT(refusal("vectors", "v.npy", 3, "nameless.csv"), Contains("nameless.csv:1: neither"));
    CHECK_THAT(refusal("rings", ""), Contains("ring, vectors, rdm, random"));
    CHECK_THROWS_AS(make_stimuli(of_kind("ring", "", 0), 3, "", 1), SpecError);
}

TEST_CASE("rdm: several matrices are averaged, and distances keep their order at unit variance") {
    const test::TemporaryDirectory folder;
    // distances of the points 0, 1, 3 on a line, as the mean of two rows
    test::write_file(folder.path() / "r.npy", npy_file("(2, 3)", {0.5, 2, 2, 1.5, 4, 2}));
    const Stimuli s = make_stimuli(of_kind("rdm", "r.npy"), 4, folder.path().string(), 1);
    CHECK(s.number == 3);
    CHECK(s.dissimilarity == std::vector<double>{1, 3, 2});
    CHECK(s.n_dimensions == 1);
    CHECK(s.kept_inertia == 1);
    CHECK(mean_squared_length(s) == Approx(4).epsilon(1e-14));
    // one scale for all: |x|^2 sums to 14 / 3 over the three points, and must sum to 12
    const std::vector<double> squared = distances_of_stimuli(s);
    for (std::size_t pair = 0; pair < 3; ++pair)
        CHECK(squared[pair] ==
              Approx(std::pow(s.dissimilarity[pair], 2) * 12 / (14.0 / 3)).epsilon(1e-13));
}

TEST_CASE("only LAMINA_DATA is replaced in file names, and its absence is explained") {
    {
        const DataFolder data("/some/folder");
        CHECK(expand_data_folder("${LAMINA_DATA}/a/${LAMINA_DATA}") ==
              "/some/folder/a//some/folder");
        CHECK(expand_data_folder("plain$name") == "plain$name");
        CHECK(input_path("${LAMINA_DATA}/a.npy", "b") == "/some/folder/a.npy");
        CHECK(input_path("a.npy", "b") == "b/a.npy");
        CHECK_THROWS_WITH(expand_data_folder("${HOME}/a"), Contains("only ${LAMINA_DATA}"));
        CHECK_THROWS_AS(expand_data_folder("${LAMINA_DATA"), SpecError);
    }
    const DataFolder none(nullptr);
    CHECK_THROWS_WITH(expand_data_folder("${LAMINA_DATA}/a"), Contains("export LAMINA_DATA="));
}

TEST_CASE("the 92 objects keep the order of their measured dissimilarities in 64 dimensions") {
    if (std::getenv("LAMINA_DATA") == nullptr) {
        test::skip("LAMINA_DATA is not set");
        return;
    }
    StimuliSpec spec = of_kind("rdm", "${LAMINA_DATA}/objects92/brain_rdms.npy");
    spec.names = "${LAMINA_DATA}/objects92/conditions.csv";
    const Stimuli s = make_stimuli(spec, 64, "", 1);
    CHECK(s.number == 92);
    CHECK(s.dissimilarity.size() == 4186);
    CHECK(s.names[14] == "human face 14");
    CHECK(s.names[91] == "artificial inanimate 91");
    CHECK(mean_squared_length(s) == Approx(64).epsilon(1e-13));
    const double rho = spearman(distances_of_stimuli(s), s.dissimilarity);
    std::printf("objects92: Spearman rho %.4f, %d dimensions, %.4f of the positive inertia\n", rho,
                s.n_dimensions, s.kept_inertia);
    CHECK(rho >= 0.98); // the share of the order that 64 dimensions must keep
    CHECK(make_stimuli(spec, 64, "", 2).vectors == s.vectors);
}
