/// `lamina bench rate`: what one thread of this machine does.
#include <cstdio>

#include "experiments/bench_rate.hpp"
#include "experiments/commands/commands.hpp"
#include "sim/errors.hpp"

namespace lamina::commands {

int bench(const std::string& what, bool quick, bool json, const std::string& history) {
    if (what != "rate")
        throw SpecError("nothing called '" + what + "' can be measured; known is rate");
    const RateBenchmark measured = bench_rate(quick);
    if (json)
        std::printf("%s\n", bench_rate_json(measured).dump(2).c_str());
    else
        std::printf("%s", bench_rate_table(measured).c_str());
    if (!history.empty()) append_bench_history(history, measured);
    return 0;
}

} // namespace lamina::commands
