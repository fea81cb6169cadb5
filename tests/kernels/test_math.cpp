/// The functions of kernels/math.hpp: how exact they are, their special values, and their bits.
#include <catch2/catch.hpp>

#include <cinttypes>
#include <cmath>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "kernels/math.hpp"
#include "support/skip.hpp"
#include "tests/kernels/math_bits.hpp"

namespace {

using lamina::test::skip;

/// Distance from `exact` in units in the last place of `Real` at `exact`.
template <class Real> double ulps(Real got, long double exact) {
    if (std::isnan(got) || std::isinf(got)) return std::numeric_limits<double>::infinity();
    const int digits = std::numeric_limits<Real>::digits,
              least = std::numeric_limits<Real>::min_exponent;
    const int exponent = exact == 0 ? least : std::max(std::ilogb(exact), least - 1);
    return static_cast<double>(fabsl(static_cast<long double>(got) - exact) /
                               ldexpl(1, exponent - digits + 1));
}

/// A range of arguments, evenly filled, or by magnitude where both ends have one sign.
struct Range {
    double least, most;
    bool by_magnitude = false;
};

/// Largest error over `count` random arguments of each range, in ulps.
template <class Real, class Ours, class Exact>
double worst(const Ours& ours, const Exact& exact, const std::vector<Range>& ranges,
             int count = 60000) {
    std::mt19937_64 draw(1);
    double largest = 0;
    for (const Range& range : ranges)
        for (int i = 0; i < count; ++i) {
            const double u = static_cast<double>(draw() >> 11) * 0x1p-53;
            const double sign = range.least < 0 && range.most < 0 ? -1 : 1;
            const double x = range.by_magnitude
                                 ? sign * std::exp(std::log(std::fabs(range.least)) * (1 - u) +
                                                   std::log(std::fabs(range.most)) * u)
                                 : range.least * (1 - u) + range.most * u;
            const Real argument = static_cast<Real>(x);
            const double error = ulps(ours(argument), exact(static_cast<long double>(argument)));
            if (!(error <= largest)) largest = error;
        }
    return largest;
}

template <class Real> struct Limits; // arguments at which results stay within the range of Real
template <> struct Limits<double> {
    static constexpr double exp_least = -745, normal_least = -708.3, exp_most = 709.7,
                            tiny = 1e-300, huge = 1e300;
};
template <> struct Limits<float> {
    static constexpr double exp_least = -103, normal_least = -87.3, exp_most = 88.7, tiny = 1e-37,
                            huge = 1e37;
};

constexpr long double two_pi = 6.283185307179586476925286766559L;

} // namespace

// The bounds are those of the comment in math.hpp: what analysis of the roundings allows and this
// test has found. long double has 64 bits, so its own rounding is below 0.001 ulp of a double.
TEMPLATE_TEST_CASE("math: every function is within its stated error of the exact value", "", double,
                   float) {
    using Real = TestType;
    using L = Limits<Real>;
    namespace m = lamina::math;
    const auto report = [](const char* name, double error, double bound) {
        INFO(name << ": " << error << " ulp, stated " << bound);
        if (std::getenv("LAMINA_PRINT_ERRORS"))
            std::printf("%-10s %-6s %.3f ulp\n", name, sizeof(Real) == 8 ? "double" : "float",
                        error);
        CHECK(error <= bound);
    };
    const Range tiny = {L::tiny, 1, true}, minus_tiny = {-L::tiny, -1, true};

    report("exp",
           worst<Real>(m::exp<Real>, expl, {{L::exp_least, L::exp_most}, {-1, 1}, {-40, 2}, tiny}),
           1.02);
    report("exp_flushed",
           worst<Real>(m::exp_flushed<Real>, expl, {{L::normal_least, 80}, {-1, 1}, tiny}), 1.02);
    report("expm1",
           worst<Real>(m::expm1<Real>, expm1l,
                       {{-40, L::exp_most}, {-1, 1}, {1, 40}, tiny, minus_tiny}),
           1.1);
    const Range below_normal = {std::numeric_limits<Real>::denorm_min(), L::tiny, true};
    report("log",
           worst<Real>(m::log<Real>, logl,
                       {{L::tiny, L::huge, true}, {0.5, 2}, {0.99, 1.01}, below_normal}),
           0.8);
    report("log1p",
           worst<Real>(m::log1p<Real>, log1pl,
                       {{-0.999, 3}, {L::tiny, L::huge, true}, {-L::tiny, -0.9, true}}),
           0.8);
    report("tanh", worst<Real>(m::tanh<Real>, tanhl, {{-3, 3}, {-25, 25}, tiny}), 2.0);
    report("erf", worst<Real>(m::erf<Real>, erfl, {{-2, 2}, {-7, 7}, tiny}), 1.0);
    // the reference's own 2 pi x is rounded, which costs digits near its zeros: there not asked
    const auto sine = [](long double x) { return sinl(two_pi * x); };
    const auto cosine = [](long double x) { return cosl(two_pi * x); };
    report("sin_turns",
           worst<Real>(m::sin_turns<Real>, sine, {{-0.375, 0.375}, {L::tiny, 0.1, true}}), 0.9);
    report("cos_turns", worst<Real>(m::cos_turns<Real>, cosine, {{-0.125, 0.125}, {0.375, 0.625}}),
           0.9);
}

TEMPLATE_TEST_CASE("math: special values", "", double, float) {
    using Real = TestType;
    namespace m = lamina::math;
    const Real infinity = std::numeric_limits<Real>::infinity();
    const Real nan = std::numeric_limits<Real>::quiet_NaN();
    const Real least = std::numeric_limits<Real>::denorm_min();

    // NaN in, NaN out; asked first, since NaN fails no comparison below
    for (Real (*function)(Real) : {&m::exp<Real>, &m::expm1<Real>, &m::log<Real>, &m::log1p<Real>,
                                   &m::tanh<Real>, &m::erf<Real>}) {
        CHECK(std::isnan(function(nan)));
        CHECK(std::isnan(function(-nan)));
    }

    CHECK(m::exp(Real(0)) == 1);
    CHECK(m::exp(Real(-0.0)) == 1);
    CHECK(m::exp(infinity) == infinity);
    CHECK(m::exp(-infinity) == 0);
    CHECK(m::exp(Real(1e30)) == infinity);
    CHECK(m::exp(Real(-1e30)) == 0);
    CHECK(m::exp(Real(Limits<Real>::exp_most + 0.1)) == infinity);

    CHECK(m::exp_flushed(Real(0)) == 1);
    CHECK(m::exp_flushed(-infinity) == 0);
    CHECK(m::exp_flushed(Real(-1e30)) == 0);
    CHECK(std::isnan(m::exp_flushed(nan)));
    // every step through the end of the normal range is exp, or 0 below it
    int n_wrong = 0;
    for (Real x = Real(Limits<Real>::normal_least + 1); x > Limits<Real>::normal_least - 2;
         x -= Real(0.0007)) {
        const Real flushed = m::exp_flushed(x);
        n_wrong += !(flushed == m::exp(x) ||
                     (flushed == 0 && m::exp(x) < std::numeric_limits<Real>::min()));
    }
    CHECK(n_wrong == 0);

    CHECK(m::expm1(infinity) == infinity);
    CHECK(m::expm1(-infinity) == -1);
    CHECK(m::expm1(least) == least);
    CHECK(std::signbit(m::expm1(Real(-0.0))));
    CHECK(m::expm1(Real(-0.0)) == 0);

    CHECK(m::log(Real(1)) == 0);
    CHECK(m::log(Real(0)) == -infinity);
    CHECK(m::log(Real(-0.0)) == -infinity);
    CHECK(m::log(infinity) == infinity);
    CHECK(std::isnan(m::log(Real(-1))));
    CHECK(std::isnan(m::log(-infinity)));

    CHECK(m::log1p(Real(-1)) == -infinity);
    CHECK(m::log1p(infinity) == infinity);
    CHECK(m::log1p(least) == least);
    CHECK(std::signbit(m::log1p(Real(-0.0))));
    CHECK(std::isnan(m::log1p(Real(-1.5))));

    CHECK(m::tanh(infinity) == 1);
    CHECK(m::tanh(-infinity) == -1);
    CHECK(m::tanh(least) == least);
    CHECK(std::signbit(m::tanh(Real(-0.0))));

    CHECK(m::erf(infinity) == 1);
    CHECK(m::erf(-infinity) == -1);
    CHECK(std::signbit(m::erf(Real(-0.0))));

    // whole quarters of a turn are exact
    for (int turn = -3; turn <= 3; ++turn) {
        CHECK(m::sin_turns(Real(turn)) == 0);
        CHECK(m::cos_turns(Real(turn)) == 1);
        CHECK(m::sin_turns(Real(turn) + Real(0.25)) == 1);
        CHECK(m::cos_turns(Real(turn) + Real(0.25)) == 0);
        CHECK(m::sin_turns(Real(turn) + Real(0.75)) == -1);
        CHECK(m::cos_turns(Real(turn) + Real(0.5)) == -1);
    }
}

TEMPLATE_TEST_CASE("math: monotone where the exact function is", "", double, float) {
    using Real = TestType;
    namespace m = lamina::math;
    // across the joints of the pieces: 1 for erf, half-way points of the reductions
    for (const double start : {-3.0, 0.3465, 0.5, 0.7071, 1.0, 1.0397, 2.0}) {
        Real x = Real(start) - 500 * std::numeric_limits<Real>::epsilon();
        for (int i = 0; i < 1000; ++i) {
            const Real next = std::nextafter(x, Real(10));
            // one step of x moves these by less than their error, which is below 2 ulp
            CHECK(m::exp(next) >= m::exp(x) * (1 - 2 * std::numeric_limits<Real>::epsilon()));
            CHECK(std::fabs(m::erf(next) - m::erf(x)) <= 4 * std::numeric_limits<Real>::epsilon());
            CHECK(std::fabs(m::tanh(next) - m::tanh(x)) <=
                  5 * std::numeric_limits<Real>::epsilon());
            x = next;
        }
    }
}

TEMPLATE_TEST_CASE("math: a vectorised loop gives the bits of single calls", "", double, float) {
    using Real = TestType;
    namespace m = lamina::math;
    // 1003 is no multiple of any vector length, so that the rest of the loop is run as well
    std::vector<Real> x(1003), in_loop(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = Real(i) * Real(0.05) - 20;
    const auto compare = [&](auto function, Real (*volatile single)(Real)) {
        for (std::size_t i = 0; i < x.size(); ++i) in_loop[i] = function(x[i]);
        int n_different = 0;
        for (std::size_t i = 0; i < x.size(); ++i) {
            const Real alone = single(x[i]);
            n_different += alone != in_loop[i] && !(std::isnan(alone) && std::isnan(in_loop[i]));
        }
        CHECK(n_different == 0);
    };
    compare([](Real v) { return m::exp(v); }, &m::exp<Real>);
    compare([](Real v) { return m::exp_flushed(v); }, &m::exp_flushed<Real>);
    compare([](Real v) { return m::expm1(v); }, &m::expm1<Real>);
    compare([](Real v) { return m::log(v); }, &m::log<Real>);
    compare([](Real v) { return m::log1p(v); }, &m::log1p<Real>);
    compare([](Real v) { return m::tanh(v); }, &m::tanh<Real>);
    compare([](Real v) { return m::erf(v); }, &m::erf<Real>);
    compare([](Real v) { return m::sin_turns(v); }, &m::sin_turns<Real>);
    compare([](Real v) { return m::cos_turns(v); }, &m::cos_turns<Real>);
}

// printed by tests/kernels/programs/print_math_bits.cpp; a change here changes every stored result
static const char* const known_bits = "b4b2e991b8473749 b24e86f005444bb7";

TEST_CASE("math: this build gives the known bits") {
    char text[64];
    std::snprintf(text, sizeof text, "%016" PRIx64 " %016" PRIx64,
                  lamina::test::math_bits<double>(5000), lamina::test::math_bits<float>(5000));
    CHECK(std::string(text) == known_bits);
}

namespace {

/// What a shell command prints, without the last newline; empty when it fails.
std::string output_of(const std::string& command) {
    std::string text;
    FILE* pipe = popen(command.c_str(), "r");
    if (!pipe) return text;
    char buffer[256];
    while (std::fgets(buffer, sizeof buffer, pipe)) text += buffer;
    if (pclose(pipe) != 0) return {};
    if (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
}

} // namespace

TEST_CASE("math: every compiler, optimisation and instruction set gives the known bits",
          "[compilers]") {
    const std::string folder = output_of("mktemp -d");
    REQUIRE(!folder.empty());
    const std::string program = folder + "/print_math_bits";
    int n_built = 0;
    for (const char* compiler : {"g++", "clang++"}) {
        if (output_of(std::string("command -v ") + compiler).empty()) continue;
        for (const char* flags :
             {"-O0", "-O3 -march=x86-64-v2", "-O3 -march=x86-64-v3", "-O3 -march=native"}) {
            INFO(compiler << " " << flags);
            const std::string build = std::string(compiler) + " -std=c++17 -ffp-contract=off " +
                                      flags + " -I " LAMINA_SOURCE_DIR " -o " + program +
                                      " " LAMINA_SOURCE_DIR
                                      "/tests/kernels/programs/print_math_bits.cpp";
            REQUIRE(output_of(build + " && echo built") == "built");
            CHECK(output_of(program) == known_bits);
            ++n_built;
        }
    }
    output_of("rm -r " + folder);
    if (n_built == 0) skip("no compiler");
}
