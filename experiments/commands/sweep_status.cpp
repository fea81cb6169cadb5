/// `lamina sweep status`: done, running, failed with reason, waiting.
#include <cstdio>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "experiments/commands/commands.hpp"
#include "experiments/progress.hpp"
#include "experiments/sweep/sweep_words.hpp"

namespace lamina::commands {

using Json = nlohmann::ordered_json;

int sweep_status(const SweepArguments& arguments) {
    const SweepDirectory sweep = SweepDirectory::open(arguments.where);
    const std::vector<PointBooks> books = points_of(sweep, Ledger(sweep.path()));
    const SweepCounts counts = count_points(sweep, books);
    double seconds = 0;
    for (const PointBooks& one : books)
        if (one.state == PointState::done) seconds += one.seconds;
    const double each_s = counts.done > 0 ? seconds / double(counts.done) : 0;
    const double left_s = each_s * double(counts.waiting + counts.running);
    if (arguments.json) {
        Json json = counts_json(sweep, counts);
        if (counts.done > 0) json["seconds_per_point"] = each_s;
        if (counts.done > 0) json["worker_seconds_left"] = left_s;
        json["list"] = Json::array();
        for (std::size_t i = 0; i < books.size(); ++i) {
            const SweepPoint point = sweep.plan().point(std::int64_t(i));
            Json one = {
                {"number", i},
                {"id", point.id},
                {"state", sweep.is_invalid(std::int64_t(i)) ? "invalid" : name_of(books[i].state)}};
            if (books[i].n_claims > 0) one["claims"] = books[i].n_claims;
            if (!books[i].writer.empty()) one["writer"] = books[i].writer;
            if (!books[i].reason.empty()) one["reason"] = books[i].reason;
            json["list"].push_back(std::move(one));
        }
        std::printf("%s\n", json.dump().c_str());
        return 0;
    }
    std::printf("%s\n", counts_text(counts).c_str());
    if (counts.done > 0)
        std::printf("a point takes %s%s\n", duration_text(each_s).c_str(),
                    left_s > 0 ? fmt::format("; those left take {} of one worker's time",
                                             duration_text(left_s))
                                     .c_str()
                               : "");
    for (std::size_t i = 0; i < books.size(); ++i)
        if (books[i].state == PointState::running)
            std::printf("running %s by %s\n", sweep.plan().point(std::int64_t(i)).id.c_str(),
                        books[i].writer.c_str());
    print_failures(sweep, books);
    if (counts.waiting > 0) std::printf("go on with: lamina sweep run %s\n", sweep.path().c_str());
    return 0;
}

} // namespace lamina::commands
