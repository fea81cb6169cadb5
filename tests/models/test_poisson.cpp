#include <catch2/catch.hpp>

#include "models/neurons/poisson.hpp"
#include "models/one_neuron.hpp"

namespace lamina {

using PoissonModel = Poisson<double>;

TEST_CASE("Poisson: the share of words that spike is rate dt, from none to all") {
    for (const double rate_Hz : {0.0, 1.0, 100.0, 5000.0, 10000.0}) {
        INFO("rate = " << rate_Hz << " Hz");
        PoissonModel::Params p;
        p.rate_Hz = rate_Hz;
        const auto constants = PoissonModel::at(PoissonModel::prepare(p, 0.1), 7);
        const double share = constants.spikes ? (constants.last_word + 1.0) * 0x1p-32 : 0;
        CHECK(share == Approx(rate_Hz * 1e-4).margin(0x1p-33)); // to the nearest word
        test::OneNeuron<PoissonModel> neuron(p, 0.1);
        CHECK(neuron.step({}, 0) == (rate_Hz > 0));
        CHECK(neuron.step({}, 0xffffffffu) == (rate_Hz == 10000));
        CHECK(neuron.step({}, constants.last_word) == (rate_Hz > 0));
    }
}

TEST_CASE("Poisson: the window is from the first step to the one before the last") {
    PoissonModel::Params p;
    p.rate_Hz = 10000, p.from_ms = 20, p.to_ms = 30;
    const auto constants = PoissonModel::prepare(p, 0.1);
    for (const std::int64_t step : {0, 199, 200, 299, 300, 1000000})
        CHECK(PoissonModel::at(constants, step).spikes == (step >= 200 && step < 300));
    p.to_ms = 1e300;
    CHECK(PoissonModel::at(PoissonModel::prepare(p, 0.1), std::int64_t(1) << 47).spikes);
}

TEST_CASE("Poisson: more than one spike per step is refused") {
    PoissonModel::Params p;
    p.rate_Hz = 10000;
    CHECK(PoissonModel::refusal(p, 0.1) == nullptr);
    p.rate_Hz = 10000.1;
    CHECK(PoissonModel::refusal(p, 0.1) != nullptr);
}

} // namespace lamina
