/// The reference block of many inputs at once, through any executor: the stages of
/// reference_stages.hpp.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "kernels/device_array.hpp"
#include "sim/device_reference.hpp"
#include "sim/reference_stages.hpp"

namespace lamina {

template <class Exec> class DeviceReferenceOf final : public DeviceReference {
  public:
    DeviceReferenceOf(const Exec& exec, const AreaSpec& spec, const AttentionWeights& weights)
        : exec_(exec), spec_(spec), weights_(place_weights(weights, [this](const auto& entries) {
              return kept_.emplace_back(exec_, entries).data();
          })) {}
    DeviceReferenceOf(const DeviceReferenceOf&) = delete; ///< its arrays know where exec_ lies
    DeviceReferenceOf& operator=(const DeviceReferenceOf&) = delete;

    std::vector<ReferenceResult> blocks(const std::vector<const Segment*>& inputs) override {
        if (inputs.empty()) return {};
        if (inputs.size() > n_most_) allocate(inputs.size());
        send(inputs);
        compute_reference(exec_, spec_, weights_, inputs.size(), at_);

        std::vector<ReferenceResult> results;
        for (const Segment* input : inputs) results.push_back(blank_reference(spec_, input->x));
        for (std::size_t i = 0; i < arrays_.size(); ++i) {
            const std::size_t n = arrays_[i].n;
            if (!arrays_[i].result) continue;
            const std::vector<double> all = values_[i].get(0, n * inputs.size());
            for (std::size_t block = 0; block < inputs.size(); ++block) {
                const auto first = all.begin() + std::ptrdiff_t(block * n);
                (results[block].*arrays_[i].result).assign(first, first + std::ptrdiff_t(n));
            }
        }
        return results;
    }

  private:
    void allocate(std::size_t n_blocks) {
        const std::size_t N = std::size_t(spec_.columns), d = std::size_t(spec_.d_model);
        n_most_ = 0; // until all fit
        values_.clear();
        for (const ReferenceArray& array : arrays_) {
            values_.emplace_back(exec_, array.n * n_blocks);
            at_.*array.at = values_.back().data();
        }
        for (auto* stream : {&x_, &c_}) *stream = {exec_, n_blocks * N * d};
        masked_ = {exec_, n_blocks * N};
        at_.x = x_.data(), at_.c = c_.data(), at_.masked = masked_.data();
        // nobody writes it without a feed-forward layer
        exec_.clear(at_.mlp_out, n_blocks * N * d * sizeof(double));
        n_most_ = n_blocks;
    }

    void send(const std::vector<const Segment*>& inputs) {
        std::vector<double> x, c;
        std::vector<std::uint8_t> masked;
        const auto append = [](const auto& from, auto& to) {
            to.insert(to.end(), from.begin(), from.end());
        };
        for (const Segment* input : inputs) {
            append(input->x, x);
            append(input->c.empty() ? input->x : input->c, c);
            append(input->masked, masked);
            masked.resize(x.size() / std::size_t(spec_.d_model)); // empty: none
        }
        exec_.copy_in(x_.data(), x.data(), x.size() * sizeof(double));
        exec_.copy_in(c_.data(), c.data(), c.size() * sizeof(double));
        exec_.copy_in(masked_.data(), masked.data(), masked.size());
    }

    const Exec exec_;
    const AreaSpec spec_;
    std::vector<DeviceArray<Exec, double>> kept_; ///< the weights
    const ReferenceWeights weights_;

    const std::vector<ReferenceArray> arrays_ = reference_arrays(spec_);
    std::size_t n_most_ = 0;                        ///< as many blocks fit into what is allocated
    std::vector<DeviceArray<Exec, double>> values_; ///< of arrays_
    DeviceArray<Exec, double> x_, c_;
    DeviceArray<Exec, std::uint8_t> masked_;
    ReferenceArrays at_{};
};

} // namespace lamina
