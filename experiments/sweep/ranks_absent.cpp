#include <fmt/format.h>

#include "experiments/sweep/ranks.hpp"
#include "sim/errors.hpp"

namespace lamina {

std::string mpi_library() { return ""; }

std::unique_ptr<Ranks> join_ranks() {
    throw DeviceError(fmt::format(
        "error[L0502]: {} ranks were started, and this Lamina was built without MPI\n"
        "  = note: they would all do the same work\n"
        "  = help: start one process (it uses all cores), or build with MPI: apt-get install "
        "libopenmpi-dev, then scripts/build",
        ranks_of_launcher()));
}

} // namespace lamina
