/// The check values of representational similarity analysis on the 92 objects, computed beforehand
/// by an independent program (README of the data set).
#include <catch2/catch.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "analysis/rsa/model_comparison.hpp"
#include "experiments/npy.hpp"
#include "support/skip.hpp"

using namespace lamina;
using namespace lamina::analysis;

namespace {

std::vector<Rdm> rows_of(const char* file) {
    const NpyArray array =
        read_npy(std::filesystem::path(std::getenv("LAMINA_DATA")) / "objects92" / file);
    std::vector<Rdm> rows;
    for (std::size_t row = 0; row < array.shape[0]; ++row) {
        const auto first = array.values.begin() + std::ptrdiff_t(row * array.shape[1]);
        rows.emplace_back(first, first + std::ptrdiff_t(array.shape[1]));
    }
    return rows;
}

/// @param per_subject  RDMs of one subject, which follow each other
MeasuredRdms measured(const char* file, int per_subject) {
    MeasuredRdms people;
    for (const Rdm& row : rows_of(file)) {
        people.subject.push_back(int(people.rdms.size()) / per_subject);
        people.rdms.emplace_back(row);
    }
    return people;
}

bool has_data() {
    if (std::getenv("LAMINA_DATA") == nullptr) return !test::skip("LAMINA_DATA is not set");
    return true;
}

struct Expected {
    const char* name;
    double brain, behaviour;
};
// in the order of model_rdms.npy
const Expected expected[] = {
    {"animacy", 0.3106, 0.3776},    {"FaceBodyManmadeNatobj", 0.2243, 0.3656},
    {"monkeyIT", 0.2403, 0.2714},   {"EVA", 0.1837, 0.0396},
    {"HMAX", 0.1312, 0.1613},       {"V1", 0.0224, 0.0693},
    {"Silhouette", 0.0775, 0.1000}, {"RADON", 0.0294, -0.0133}};

std::vector<ModelRdm> models() {
    std::vector<ModelRdm> all;
    for (const Rdm& row : rows_of("model_rdms.npy"))
        all.push_back({expected[all.size()].name, row});
    return all;
}

constexpr double rounding = 0.5e-4; // the check values have four decimals

} // namespace

TEST_CASE("objects92: eight models against human IT and judgements, and the noise ceilings") {
    if (!has_data()) return;
    const MeasuredRdms brain = measured("brain_rdms.npy", 2),
                       people = measured("behaviour_rdms.npy", 1);
    const NoiseCeiling scans = noise_ceiling(RdmMeasure::spearman, brain, false),
                       subjects = noise_ceiling(RdmMeasure::spearman, brain, true),
                       judgements = noise_ceiling(RdmMeasure::spearman, people, false);
    std::printf("objects92: noise ceiling of human IT %.4f to %.4f, whole subjects left out %.4f; "
                "of judgements %.4f to %.4f\n",
                scans.lower, scans.upper, subjects.lower, judgements.lower, judgements.upper);
    CHECK(std::fabs(scans.lower - 0.328) <= 0.5e-3); // given to three decimals
    CHECK(std::fabs(scans.upper - 0.525) <= 0.5e-3);
    CHECK(std::fabs(subjects.lower - 0.306) <= 0.5e-3);
    CHECK(std::fabs(judgements.lower - 0.4770) <= rounding);
    CHECK(std::fabs(judgements.upper - 0.5767) <= rounding);

    const ModelComparison with_brain =
        compare_models(RdmMeasure::spearman, models(), brain, {0.95, 1});
    const ModelComparison with_people =
        compare_models(RdmMeasure::spearman, models(), people, {0.95, 1});
    for (std::size_t m = 0; m < 8; ++m) {
        const double rho = with_brain.models[m].mean.value,
                     other = with_people.models[m].mean.value;
        std::printf("objects92: %-22s human IT %.4f  judgement %.4f\n", expected[m].name, rho,
                    other);
        CHECK(std::fabs(rho - expected[m].brain) <= rounding);
        CHECK(std::fabs(other - expected[m].behaviour) <= rounding);
    }
    const double pools = compare(RdmMeasure::spearman, pooled(RdmMeasure::spearman, brain.rdms),
                                 pooled(RdmMeasure::spearman, people.rdms));
    std::printf("objects92: pooled judgement with pooled human IT %.4f\n", pools);
    CHECK(std::fabs(pools - 0.4002) <= rounding);
}

TEST_CASE("objects92: a thousand resamples of stimuli and people take seconds", "[slow]") {
    if (!has_data()) return;
    const MeasuredRdms people = measured("behaviour_rdms.npy", 1);
    const auto start = std::chrono::steady_clock::now();
    const ModelComparison found =
        compare_models(RdmMeasure::spearman, models(), people, {0.95, 1000});
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    std::printf("objects92: 3 bootstraps of 1000 in %.1f s; animacy %.3f [%.3f, %.3f]\n", seconds,
                found.models[0].mean.value, found.models[0].mean.low, found.models[0].mean.high);
    // animacy is the best of the eight, FaceBodyManmadeNatobj next: told apart or not by the data
    CHECK(found.models[0].p < 0.01);
    CHECK(found.models[0].mean.low > found.models[5].mean.high);
}
