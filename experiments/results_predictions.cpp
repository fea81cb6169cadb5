#include "experiments/results.hpp"

namespace lamina {

void add_predictions(Image& image, const std::vector<Prediction>& predictions) {
    if (predictions.empty()) return;
    std::vector<std::string> id, statement, rival, unit, needed_what, falsifier;
    std::vector<double> effect, low, high, rival_effect, d_prime, d_prime_per_hour, needed_n;
    for (const Prediction& p : predictions) {
        id.push_back(p.id);
        statement.push_back(p.statement);
        rival.push_back(p.rival);
        unit.push_back(p.effect.unit);
        needed_what.push_back(p.needed_what);
        falsifier.push_back(p.falsifier);
        effect.push_back(p.effect.value);
        low.push_back(p.effect.low);
        high.push_back(p.effect.high);
        rival_effect.push_back(p.rival_value);
        d_prime.push_back(p.d_prime);
        d_prime_per_hour.push_back(p.d_prime_per_hour());
        needed_n.push_back(p.needed_n);
    }
    const std::string g = "predictions";
    const std::vector<std::string> rows = {"prediction"};
    image.coordinate(g, "prediction", id, "1", "prediction, most discriminating first");
    image.variable(g, "statement", rows, statement, "1", "what is predicted");
    image.variable(g, "effect", rows, effect, "1", "mean over seeds, in effect_unit");
    image.variable(g, "effect_low", rows, low, "1", "lower end of its interval");
    image.variable(g, "effect_high", rows, high, "1", "upper end of its interval");
    image.variable(g, "effect_unit", rows, unit, "1", "unit of the effect");
    image.variable(g, "rival", rows, rival, "1", "who predicts otherwise, and what");
    image.variable(g, "rival_effect", rows, rival_effect, "1", "effect that the rival predicts");
    image.variable(g, "d_prime", rows, d_prime, "1", "discriminability in one trial");
    image.variable(g, "d_prime_per_hour", rows, d_prime_per_hour, "1",
                   "discriminability in one hour of recording");
    image.variable(g, "needed_n", rows, needed_n, "1", "measurements for 80 % power at alpha 0.05");
    image.variable(g, "needed_what", rows, needed_what, "1", "what is counted");
    image.variable(g, "falsifier", rows, falsifier, "1", "result that would refute it");
}

} // namespace lamina
