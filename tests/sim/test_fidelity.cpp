/// The measures of docs/model.md on numbers that can be checked by hand.
#include <catch2/catch.hpp>

#include <cmath>

#include "sim/fidelity.hpp"

using namespace lamina;

namespace {

/// Two columns, one head of one unit; the second query has no key.
ReferenceResult two_columns() {
    ReferenceResult reference;
    reference.columns = 2;
    reference.heads = 1;
    reference.d_model = 1;
    reference.d_head = 1;
    reference.pattern = {0.75, 0.25, 0, 0};
    reference.z_heads = {3, 0};
    reference.sum_mid = reference.resid_mid = {4, 0};
    reference.resid_post = {3, 4};
    return reference;
}

} // namespace

TEST_CASE("fidelity: each measure is its definition") {
    const ReferenceResult reference = two_columns();
    const Fidelity same = compare_with_reference(reference, reference.pattern, reference.z_heads,
                                                 reference.resid_mid, reference.resid_post);
    CHECK(same.attention_kl_bits == 0);
    CHECK(same.attention_top1_agreement == 1);
    CHECK(same.attention_sum_error == 0);
    CHECK(same.output_relative_error == 0);
    CHECK(same.output_cosine == Approx(1));

    // weights (1, 1) of the first row: half each after normalisation, sum 2; the keyless row is
    // left out
    const Fidelity off = compare_with_reference(reference, {1, 1, 7, 7}, {0, 0}, {4, 3}, {4, 3});
    const double kl = 0.75 * std::log2(0.75 / 0.5) + 0.25 * std::log2(0.25 / 0.5);
    CHECK(off.attention_kl_bits == Approx(kl).epsilon(1e-14)); // a few roundings
    CHECK(off.attention_sum_error == 1);
    CHECK(off.o_relative_error.at(0) == 1);
    CHECK(off.y_relative_error == 0.75);
    CHECK(off.output_relative_error == Approx(std::sqrt(2.0) / 5).epsilon(1e-14));
    CHECK(off.output_cosine == Approx(24.0 / 25).epsilon(1e-14));

    // rounding of the reference's sum cannot make a divergence negative
    ReferenceResult rounded = reference;
    rounded.pattern = {0.75 * (1 - 1e-15), 0.25 * (1 - 1e-15), 0, 0};
    CHECK(compare_with_reference(rounded, reference.pattern, {3, 0}, {4, 0}, {3, 4})
              .attention_kl_bits >= 0);

    const Fidelity other_top =
        compare_with_reference(reference, {0.4, 0.6, 0, 0}, {3, 0}, {4, 0}, {3, 4});
    CHECK(other_top.attention_top1_agreement == 0);
}

TEST_CASE("fidelity: an absent reference gives NaN, not a perfect score") {
    ReferenceResult silent = two_columns();
    silent.pattern = {0, 0, 0, 0};
    silent.resid_post = {0, 0};
    const Fidelity f = compare_with_reference(silent, {0, 0, 0, 0}, {3, 0}, {4, 0}, {0, 0});
    CHECK(std::isnan(f.output_relative_error));
    CHECK(std::isnan(f.attention_kl_bits));
    CHECK(std::isnan(f.attention_top1_agreement));
}

TEST_CASE("settling counts from the last entry into 1 %, and never when it is left at the end") {
    const ReferenceResult reference = two_columns();
    const std::vector<double> far = {0.7, 0.3, 0, 0}, near = {0.7499, 0.2501, 0, 0};
    SettleClock clock(reference);
    clock.look(near.data(), 1);
    clock.look(far.data(), 2);
    clock.look(near.data(), 3);
    clock.look(near.data(), 4);
    CHECK(clock.settle_time_ms() == 3);
    clock.look(far.data(), 5);
    CHECK(std::isnan(clock.settle_time_ms()));
}
