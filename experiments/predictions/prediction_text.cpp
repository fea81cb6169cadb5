/// Predictions as lines for a terminal, and as the array that the report reads.
#include <fmt/format.h>

#include "experiments/predictions/prediction.hpp"

namespace lamina {
namespace {

/// Words broken into lines of 80 columns, indented behind a label.
std::string paragraph(const std::string& label, const std::string& words) {
    constexpr std::size_t indent = 15, width = 80;
    std::string out = fmt::format("  {:<13}", label), line;
    std::size_t used = indent;
    for (std::size_t at = 0; at < words.size();) {
        const std::size_t end = std::min(words.find(' ', at), words.size());
        const std::string word = words.substr(at, end - at);
        if (used > indent && used + 1 + word.size() > width) {
            out += "\n" + std::string(indent, ' ');
            used = indent;
        } else if (used > indent) {
            out += ' ', ++used;
        }
        out += word, used += word.size();
        at = end + 1;
    }
    return out + "\n";
}

} // namespace

std::string predictions_text(const std::vector<Prediction>& predictions) {
    std::string out =
        fmt::format("{:>4}  {:<18} {:>10} {:>10} {:>10} {:>12} {:>8}\n", "rank", "prediction",
                    "effect", "rival", "d'/trial", "d'/sqrt(h)", "needed");
    int rank = 0;
    for (const Prediction& p : predictions)
        out += fmt::format("{:>4}  {:<18} {:>10.3g} {:>10.3g} {:>10.2f} {:>12.1f} {:>8.0f}  {}\n",
                           ++rank, p.id, p.effect.value, p.rival_value, p.d_prime,
                           p.d_prime_per_hour(), p.needed_n, p.effect.unit);
    rank = 0;
    for (const Prediction& p : predictions) {
        out += fmt::format("\n{}. {}\n", ++rank, p.id);
        out += paragraph("statement", p.statement);
        out += paragraph("quantity", p.quantity);
        out += paragraph("measure", p.measurement);
        out += paragraph("effect",
                         fmt::format("{:.3g} {} [{:.3g}, {:.3g}]; {}", p.effect.value,
                                     p.effect.unit, p.effect.low, p.effect.high, p.direction));
        out += paragraph("rival", p.rival);
        out += paragraph("power", fmt::format("d' = {:.2f} in one trial of {:.3g} s, {:.1f} in an "
                                              "hour; {:.0f} {} for 80 % power at alpha = 0.05",
                                              p.d_prime, p.trial_s, p.d_prime_per_hour(),
                                              p.needed_n, p.needed_what));
        out += paragraph("falsified by", p.falsifier);
        out += paragraph("rests on", p.assumption);
        out += paragraph("source", p.source);
    }
    return out;
}

nlohmann::ordered_json predictions_json(const std::vector<Prediction>& predictions) {
    auto out = nlohmann::ordered_json::array();
    for (const Prediction& p : predictions)
        out.push_back({{"id", p.id},
                       {"statement", p.statement},
                       {"quantity", p.quantity},
                       {"measurement", p.measurement},
                       {"direction", p.direction},
                       {"effect",
                        {{"value", p.effect.value},
                         {"low", p.effect.low},
                         {"high", p.effect.high},
                         {"unit", p.effect.unit}}},
                       {"rival", p.rival},
                       {"rival_value", p.rival_value},
                       {"needed_n", p.needed_n},
                       {"needed_what", p.needed_what},
                       {"falsifier", p.falsifier},
                       {"assumption", p.assumption},
                       {"source", p.source},
                       {"d_prime", p.d_prime},
                       {"trial_s", p.trial_s},
                       {"d_prime_per_hour", p.d_prime_per_hour()},
                       {"score", fmt::format("d' = {:.1f} per hour of recording ({:.2f} in one "
                                             "trial of {:.3g} s)",
                                             p.d_prime_per_hour(), p.d_prime, p.trial_s)}});
    return out;
}

} // namespace lamina
