/// MPI: `mpirun -n K lamina sweep run ...`. Rank 0 plans, claims and keeps the books, and works as
/// the others do; each rank has worker processes of its own, so that a point that crashes does not
/// take the job with it. The whole of MPI is in ranks.cpp (ranks_absent.cpp where it is not built).
#pragma once

#include <memory>

#include "experiments/sweep/worker_pool.hpp"

namespace lamina {

/// How many ranks a launcher of MPI says there are; 0 when none has started us.
int ranks_of_launcher();

/// The share of one rank of the cores that it may use: ranks of one machine share them.
int cores_of_rank(int cores);

/// Whether this build has MPI, and which: "Open MPI v4.1.4"; "" without.
std::string mpi_library();

class Ranks {
  public:
    virtual ~Ranks() = default;
    virtual int number() const = 0; ///< of this one
    virtual int n_ranks() const = 0;
    /// Rank 0: workers of all ranks. To be called once. @param each  workers of one rank
    virtual std::unique_ptr<WorkerPool> workers(const WorkerOptions&, int each) = 0;
    /// Rank 0: tells the others to end, with this exit code.
    virtual void end(int exit_code) = 0;
    /// The other ranks: work until told to end. @return the exit code
    virtual int serve() = 0;
};

/// @throws DeviceError when this build has no MPI, or another one than the launcher's
std::unique_ptr<Ranks> join_ranks();

} // namespace lamina
