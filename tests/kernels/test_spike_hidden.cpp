/// Hidden cells of gates: the same bits on every executor, whatever their input.
#include <catch2/catch.hpp>

#include <cmath>
#include <vector>

#include "kernels/cpu/exec.hpp"
#include "kernels/device_array.hpp"
#include "kernels/emulated/exec.hpp"
#include "kernels/philox.hpp"
#include "kernels/spike_hidden.hpp"

using namespace lamina;

TEMPLATE_TEST_CASE("SpikeHidden has the same bits on a processor and on a device", "", float,
                   double) {
    using Real = TestType;
    constexpr std::size_t n_heads = 2, n_columns = 3, n_units = 37,
                          n_cells = n_heads * n_columns * n_columns * n_units;
    std::vector<Real> query(n_heads * n_columns * n_units), key(query.size());
    std::vector<std::uint32_t> words(n_cells);
    for (std::size_t i = 0; i < query.size(); ++i) // some never fire, some in every step
        query[i] = Real(int(i % 13) - 6) * Real(i % 5), key[i] = Real(int(i % 7) - 3) / 2;
    for (std::size_t i = 0; i < n_cells; ++i)
        words[i] = random_word(3, 1, Stream::cells, 5, 0, std::uint32_t(i));
    const Emulated exec(GENERATE(1u, 2u));
    const DeviceArray<Emulated, Real> on_query(exec, query), on_key(exec, key);
    const DeviceArray<Emulated, std::uint32_t> on_words(exec, words);
    const DeviceArray<Emulated, std::uint8_t> on_spiked(exec, n_cells);

    SpikeHidden<Real> body{};
    body.log_rate_dt = Real(-1.5);
    std::vector<std::uint8_t> spiked(n_cells, 7);
    for (std::size_t gate = 0; gate < n_cells / n_units; ++gate) {
        const std::size_t row = gate / n_columns, head = row / n_columns;
        body.query = query.data() + row * n_units;
        body.key = key.data() + (head * n_columns + gate % n_columns) * n_units;
        body.words = words.data() + gate * n_units, body.spiked = spiked.data() + gate * n_units;
        Cpu().for_each(n_units, body);
    }
    body.query = on_query.data(), body.key = on_key.data();
    body.words = on_words.data(), body.spiked = on_spiked.data();
    exec.for_each("hidden", n_cells, SpikeAllHidden<Real>{body, n_columns, n_units});
    CHECK(on_spiked.get() == spiked);
    std::size_t n = 0;
    for (const std::uint8_t one : spiked) n += one;
    CHECK(n > n_cells / 10);
    CHECK(n < n_cells / 2);
}

TEST_CASE("SpikeHidden: a probability for every input") {
    const float log_rate_dt = std::log(0.004f);
    CHECK(SpikeHidden<float>::probability(0, log_rate_dt) ==
          Approx(1 - std::exp(-0.004)).epsilon(1e-6));
    CHECK(SpikeHidden<float>::probability(-20, log_rate_dt) ==
          Approx(0.004 * std::exp(-20.0)).epsilon(1e-5));
    CHECK(SpikeHidden<float>::probability(1e6f, log_rate_dt) == 1);
    CHECK(SpikeHidden<float>::probability(-1e6f, log_rate_dt) == 0);
}
