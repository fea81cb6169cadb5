#include <catch2/catch.hpp>

#include <cmath>
#include <vector>

#include "kernels/ask_cells.hpp"
#include "kernels/cpu/exec.hpp"
#include "kernels/device_array.hpp"
#include "kernels/emulated/exec.hpp"

using namespace lamina;

namespace {

template <class T> using AskOnDevice = DeviceArray<Emulated, T>;

/// Drives 10, 20, 40 at 0, 25, 100 Hz: roots 0, 5, 10.
constexpr float drives[] = {10, 20, 40};
template <class Real> RateTable<Real> table_of(const Real* values) { return {values, 2, Real(5)}; }

} // namespace

TEST_CASE("RateTable: straight lines over the root of the rate, level beyond its ends") {
    const auto table = table_of(drives);
    CHECK(table.drive(0) == 10);
    CHECK(table.drive(25) == 20);
    CHECK(table.drive(100) == 40);
    CHECK(table.drive(6.25f) == 15); // root 2.5
    CHECK(table.drive(56.25f) == 30);
    CHECK(table.drive(-1) == 10);
    CHECK(table.drive(1e9f) == 40);
}

TEST_CASE("AskCells: each cell is asked for its rest and what is above it, on every executor") {
    constexpr std::size_t n = 70;
    std::vector<float> own(n), here(n);
    for (std::size_t i = 0; i < n; ++i) own[i] = 0.05f * (float(i) - 30);
    const AskCells<float> body{table_of(drives), own.data(), here.data(), -0.5f, 0.25f, 40, 0.1f};
    Cpu().for_each(n, body);
    for (std::size_t i = 0; i < n; ++i) {
        const double above = double(own[i]) - 0.5, rate_Hz = 40 * (0.25 + (above > 0 ? above : 0)),
                     root = std::sqrt(rate_Hz);
        const double drive = root < 5 ? 10 + 2 * root : root < 10 ? 20 + 4 * (root - 5) : 40;
        CHECK(double(here[i]) == Approx(0.1 * drive));
    }
    CHECK(here[0] == here[39]); // nothing above the rest
    CHECK(here[60] > here[50]);

    const Emulated exec(GENERATE(1u, 2u));
    const AskOnDevice<float> on_own(exec, own),
        on_drives(exec, std::vector<float>(drives, drives + 3)),
        on_there(exec, std::vector<float>(n));
    AskCells<float> there = body;
    there.table = table_of(static_cast<const float*>(on_drives.data()));
    there.own = on_own.data(), there.drive = on_there.data();
    exec.for_each("ask", n, there);
    CHECK(on_there.get() == here);
}
