#include "experiments/sweep/ranks.hpp"

// the C interface alone: its C++ one is deprecated, and a library of its own
#define OMPI_SKIP_MPICXX 1
#define MPICH_SKIP_MPICXX 1

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <mpi.h>
#include <thread>

#include <fmt/format.h>

#include "sim/errors.hpp"

namespace lamina {
namespace {

using Json = nlohmann::ordered_json;

enum Tag { tag_begin = 1, tag_task, tag_stop, tag_end, tag_done };
constexpr int pause_ms = 2;

void check(int status, const char* doing) {
    if (status == MPI_SUCCESS) return;
    char text[MPI_MAX_ERROR_STRING];
    int n = 0;
    MPI_Error_string(status, text, &n);
    throw std::runtime_error(fmt::format("MPI: {}: {}", doing, std::string(text, std::size_t(n))));
}

void send(int to, Tag tag, const Json& words) {
    const std::string text =
        words.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    check(MPI_Send(text.data(), int(text.size()), MPI_CHAR, to, tag, MPI_COMM_WORLD), "sending");
}

struct Message {
    int from = -1, tag = 0; ///< tag 0: nothing came
    Json words;
};

/// A message that has come; without waiting.
Message receive() {
    int came = 0;
    MPI_Status status;
    check(MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &came, &status), "listening");
    Message message;
    if (!came) return message;
    int n = 0;
    MPI_Get_count(&status, MPI_CHAR, &n);
    std::string text(std::size_t(n), '\0');
    check(MPI_Recv(text.data(), n, MPI_CHAR, status.MPI_SOURCE, status.MPI_TAG, MPI_COMM_WORLD,
                   MPI_STATUS_IGNORE),
          "receiving");
    message.from = status.MPI_SOURCE;
    message.tag = status.MPI_TAG;
    message.words = Json::parse(text);
    return message;
}

Json json_of(const WorkerOptions& options, int each) {
    return {{"directory", options.directory},
            {"threads", options.threads},
            {"device", options.device},
            {"reports", options.reports},
            {"workers", each}};
}

/// Workers of this rank and of all others.
class WorkersOfRanks final : public WorkerPool {
  public:
    WorkersOfRanks(const WorkerOptions& options, int each, int n_ranks)
        : each_(each), own_(make_local_workers(options, each)),
          n_of_rank_(std::size_t(n_ranks), 0) {
        for (int rank = 1; rank < n_ranks; ++rank) send(rank, tag_begin, json_of(options, each));
    }

    int n_workers() const override { return each_ * int(n_of_rank_.size()); }
    int n_at_work() const override {
        int n = own_->n_at_work();
        for (const int of_rank : n_of_rank_) n += of_rank;
        return n;
    }
    bool has_idle() const override { return n_at_work() < n_workers(); }

    void give(const PointTask& task) override {
        // the others first: this rank has the books to keep as well
        for (std::size_t rank = 1; rank < n_of_rank_.size(); ++rank) {
            if (n_of_rank_[rank] == each_) continue;
            ++n_of_rank_[rank];
            return send(int(rank), tag_task, {{"point", task.point}, {"claim", task.claim}});
        }
        own_->give(task);
    }

    std::vector<PointEnd> wait(int milliseconds) override {
        const auto until =
            std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
        std::vector<PointEnd> ends;
        while (ends.empty() && std::chrono::steady_clock::now() < until) {
            for (Message message = receive(); message.tag != 0; message = receive()) {
                --n_of_rank_[std::size_t(message.from)];
                ends.push_back(PointEnd::from(message.words));
            }
            for (PointEnd& end : own_->wait(pause_ms)) ends.push_back(std::move(end));
        }
        return ends;
    }

    void stop() override {
        for (std::size_t rank = 1; rank < n_of_rank_.size(); ++rank)
            send(int(rank), tag_stop, Json::object());
        own_->stop();
    }

  private:
    int each_;
    std::unique_ptr<WorkerPool> own_;
    std::vector<int> n_of_rank_; ///< [ranks] tasks that they have
};

class MpiRanks final : public Ranks {
  public:
    MpiRanks() {
        int provided = 0;
        check(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided), "beginning");
        MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
        MPI_Comm_rank(MPI_COMM_WORLD, &number_);
        MPI_Comm_size(MPI_COMM_WORLD, &n_ranks_);
        if (n_ranks_ == ranks_of_launcher()) return;
        MPI_Finalize();
        throw DeviceError(fmt::format(
            "error[L0502]: the launcher has started {} ranks, and MPI knows of {}\n"
            "  = note: this Lamina was built with {}\n"
            "  = help: use the mpirun of that library; mixed MPI libraries do not find each other",
            ranks_of_launcher(), n_ranks_, mpi_library()));
    }
    ~MpiRanks() override { MPI_Finalize(); }
    MpiRanks(const MpiRanks&) = delete;
    MpiRanks& operator=(const MpiRanks&) = delete;

    int number() const override { return number_; }
    int n_ranks() const override { return n_ranks_; }

    std::unique_ptr<WorkerPool> workers(const WorkerOptions& options, int each) override {
        return std::make_unique<WorkersOfRanks>(options, each, n_ranks_);
    }
    void end(int exit_code) override {
        for (int rank = 1; rank < n_ranks_; ++rank) send(rank, tag_end, {{"exit_code", exit_code}});
    }

    int serve() override {
        try {
            return work();
        } catch (const std::exception& error) {
            // rank 0 waits for points that never end: the job ends, and what is done is safe
            std::fprintf(stderr, "error: rank %d: %s\n", number_, error.what());
            MPI_Abort(MPI_COMM_WORLD, 1);
            return 1;
        }
    }

  private:
    int work() {
        // rank 0 hears of it as well, and says what is to be done
        for (const int signal : {SIGINT, SIGTERM, SIGUSR1, SIGHUP}) std::signal(signal, SIG_IGN);
        std::unique_ptr<WorkerPool> own;
        for (;;) {
            const Message message = receive();
            switch (message.tag) {
            case tag_begin:
                own = begin(message.words);
                break;
            case tag_task:
                own->give({message.words["point"], message.words["claim"]});
                break;
            case tag_stop:
                own->stop();
                break;
            case tag_end:
                return message.words["exit_code"];
            default:
                if (!own) std::this_thread::sleep_for(std::chrono::milliseconds(pause_ms));
            }
            if (!own) continue;
            for (const PointEnd& end : own->wait(pause_ms)) send(0, tag_done, end.json());
        }
    }

    static std::unique_ptr<WorkerPool> begin(const Json& words) {
        WorkerOptions options;
        options.directory = words["directory"];
        options.threads = words["threads"];
        options.device = words["device"];
        options.reports = words["reports"];
        return make_local_workers(options, words["workers"]);
    }

    int number_ = 0, n_ranks_ = 1;
};

} // namespace

std::string mpi_library() {
    char text[MPI_MAX_LIBRARY_VERSION_STRING];
    int n = 0;
    MPI_Get_library_version(text, &n);
    const std::string whole(text, std::size_t(n));
    return whole.substr(0, whole.find_first_of(",\n"));
}

std::unique_ptr<Ranks> join_ranks() { return std::make_unique<MpiRanks>(); }

} // namespace lamina
