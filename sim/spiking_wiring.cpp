/// Who hears whom in a column of neurons where a cell hears K of the n cells of a number.
#include <algorithm>
#include <cmath>

#include "sim/spiking_area.hpp"

namespace lamina {

/// What a spike of r+ (sign 1) or r- (sign -1) of a number means to the pair of another: excitation
/// of one of the two and, without Dale's law, as much less of the other. With it a spike only
/// excites, and that of an interneuron only takes away.
void SpikingArea::add_pair(const Firing& to, std::size_t number, double weight, int sign,
                           bool of_interneuron, std::vector<HeardAt>& list) const {
    for (const int to_sign : {1, -1}) {
        const double w = weight * sign * to_sign;
        if (spec_.dale && (of_interneuron ? w >= 0 : w <= 0)) continue;
        list.push_back({to_sign > 0 ? number : to.span.n + number,
                        of_interneuron ? w * spec_.dale_balance : w});
    }
}

/// `weights` appends the numbers of `to`, and with which weight each hears number `from_number`.
template <class Weights>
void SpikingArea::hear(const StateSpan& from, const StateSpan& to, const Weights& weights) {
    const auto connect = [&](std::size_t first, bool of_interneuron) {
        const std::size_t source = std::size_t(find(first) - firing_.data()),
                          target = std::size_t(find(to.first) - firing_.data());
        const auto fan = [this, n = from.n, target, of_interneuron,
                          weights](std::size_t group, std::vector<HeardAt>& list) {
            const int sign = group < n ? 1 : -1;
            weights(group % n, [&](std::size_t number, double weight) {
                add_pair(firing_[target], number, weight, sign, of_interneuron, list);
            });
        };
        firing_[target].rest = spec_.baseline;
        add_sparse(source, target, fan);
    };
    connect(from.first, false);
    if (from.interneurons > 0) connect(from.interneurons, true);
}

void SpikingArea::add_sparse(std::size_t source, std::size_t target, Fan fan) {
    Firing &from = firing_[source], &to = firing_[target];
    const SparseInputs::Shape shape = {from.span.size(), to.span.size(), from.leak,
                                       from.per_spike * from.code.n_neurons};
    to.hears.push_back(sparse_.size());
    to.own.resize(to.span.size() * std::size_t(to.code.n_neurons));
    to.own_drive.resize(to.own.size());
    to.net.resize(to.span.size());
    from.fired.assign(past_.size(),
                      FiredCells(from.span.size() * std::size_t(from.code.n_neurons)));
    const auto which = std::uint32_t(sparse_.size());
    sparse_.push_back({source, SparseInputs(*wirings_, shape, first_seed_, which, std::move(fan))});
}

/// Who hears whom where cells hear K of n.
void SpikingArea::wire() {
    const int N = spec_.columns, H = spec_.heads, d = spec_.d_head, width = H * d;
    const int D = spec_.d_model, F = spec_.d_ff;
    wirings_ = std::make_unique<InDegreeWirings>(spec_.spiking.n_neurons, spec_.spiking.in_degree,
                                                 first_seed_);
    if (fast_) // a feature of a query reaches its values, through fast weights as others read them
        hear(at_.phi_q, at_.o, [=](std::size_t from, const auto& add) {
            const std::size_t column = from / std::size_t(width), unit = from % std::size_t(width),
                              head = unit / std::size_t(d), first = from - unit % std::size_t(d);
            for (std::size_t e = 0; e < std::size_t(d); ++e)
                add(first + e, fast_->weight(past(delay_steps_), head * std::size_t(N) + column,
                                             unit % std::size_t(d), e));
        });
    else // a value of a key reaches all queries, through the gates as they are when it arrives
        hear(at_.v, at_.o, [=](std::size_t from, const auto& add) {
            const std::size_t key = from / std::size_t(width), unit = from % std::size_t(width);
            const double* const a = state_.data() + at_.a.first +
                                    (unit / std::size_t(d)) * std::size_t(N) * std::size_t(N) + key;
            for (std::size_t query = 0; query < std::size_t(N); ++query)
                add(query * std::size_t(width) + unit, a[query * std::size_t(N)]);
        });
    // W [from][to] within each column
    const auto through = [&](const StateSpan& from, const StateSpan& to, const double* W,
                             int n_from, int n_to) {
        hear(from, to, [=](std::size_t number, const auto& add) {
            const std::size_t column = number / std::size_t(n_from);
            const double* const row = W + (number % std::size_t(n_from)) * std::size_t(n_to);
            for (std::size_t i = 0; i < std::size_t(n_to); ++i)
                add(column * std::size_t(n_to) + i, row[i]);
        });
    };
    through(at_.o, at_.y, circuit_.weights().W_O.data(), width, D);
    if (F > 0) through(at_.f, at_.z, circuit_.weights().W_2.data(), F, D);
    // the residual stream; norm post divides it by what its pool says
    hear(at_.y, at_.z, [=](std::size_t number, const auto& add) {
        double weight = 1;
        if (post()) {
            const double var = state_[at_.var_y.first + number / std::size_t(D)];
            weight = circuit_.weights().g_1[number % std::size_t(D)] /
                     std::sqrt(std::max(var, 0.0) + spec_.norm_epsilon);
        }
        add(number, weight);
    });
    for (const StateSpan* span : {&at_.v, &at_.o, &at_.y, &at_.f})
        if (span->n > 0 && span->interneurons > 0)
            add_sparse(std::size_t(find(span->first) - firing_.data()),
                       std::size_t(find(span->interneurons) - firing_.data()),
                       [](std::size_t group, std::vector<HeardAt>& list) {
                           list.push_back({group, 1});
                       });
}

/// The spikes that arrive now.
void SpikingArea::listen() {
    const std::size_t at = place_of(delay_steps_);
    for (Sparse& one : sparse_) one.inputs.advance(firing_[one.from].fired[at]);
    for (Firing& f : firing_) {
        if (f.hears.empty()) continue;
        std::fill(f.own.begin(), f.own.end(), 0.0f);
        for (const std::size_t k : f.hears) sparse_[k].inputs.add_to(f.own.data());
    }
}

} // namespace lamina
