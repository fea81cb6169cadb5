/// Catch2's main with our closing line: "N passed, N failed, N skipped", counted in test cases.
/// A test that cannot run here calls lamina::test::skip(reason); it is then counted as skipped.
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>

#include <cstdio>
#include <set>
#include <string>

#include "support/skip.hpp"

namespace lamina::test {
namespace {
std::set<std::string>& skipped() {
    static std::set<std::string> names;
    return names;
}
std::string& current() {
    static std::string name;
    return name;
}
} // namespace

bool skip(const std::string& reason) {
    std::printf("skipped: %s: %s\n", current().c_str(), reason.c_str());
    skipped().insert(current());
    return true;
}

namespace {
struct Counter : Catch::TestEventListenerBase {
    using TestEventListenerBase::TestEventListenerBase;
    void testCaseStarting(const Catch::TestCaseInfo& info) override { current() = info.name; }
    void testCaseEnded(const Catch::TestCaseStats& stats) override {
        const bool failed = stats.totals.assertions.failed > 0;
        const bool skips = skipped().count(stats.testInfo.name) > 0;
        if (failed)
            ++n_failed;
        else if (skips)
            ++n_skipped;
        else
            ++n_passed;
    }
    void testRunEnded(const Catch::TestRunStats&) override {
        std::printf("%d passed, %d failed, %d skipped\n", n_passed, n_failed, n_skipped);
    }
    int n_passed = 0, n_failed = 0, n_skipped = 0;
};
CATCH_REGISTER_LISTENER(Counter)
} // namespace
} // namespace lamina::test

int main(int argc, char* argv[]) {
    const int failed = Catch::Session().run(argc, argv);
    return failed == 0 ? 0 : 1;
}
