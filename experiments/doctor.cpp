#include "experiments/doctor.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <dlfcn.h>
#include <omp.h>
#include <sched.h>
#include <unistd.h>

#include "experiments/sweep/ranks.hpp"
#include "experiments/version.hpp"
#include "generated/build.hpp"

namespace lamina {
namespace {

namespace fs = std::filesystem;

constexpr double bytes_per_GiB = 1024.0 * 1024.0 * 1024.0;

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

// ---- what was built in

std::vector<Finding> examine_build() {
    const BuildInfo& info = build_info();
    return {
        {"built with", "lamina", true, info.version + ", commit " + info.git, ""},
        {"built with", "compiler", true, info.compiler + ", " + info.build_type, ""},
        {"built with", "flags", true, info.flags, ""},
        {"built with", "Boost", true, LAMINA_WITH_BOOST, ""},
        {"built with", "Eigen", true, LAMINA_WITH_EIGEN, ""},
        {"built with", "HDF5", true, LAMINA_WITH_HDF5, ""},
        {"built with", "CLI11", true, LAMINA_WITH_CLI11, ""},
        {"built with", "nlohmann-json", true, LAMINA_WITH_JSON, ""},
        {"built with", "fmt", true, LAMINA_WITH_FMT, ""},
    };
}

// ---- cores, memory, disk

/// Cores that a container or a batch system leaves to us, from cgroup v2's "quota period"; 0: no
/// limit.
double cgroup_cores() {
    std::ifstream file("/sys/fs/cgroup/cpu.max");
    double quota = 0, period = 0;
    return file >> quota >> period && period > 0 ? quota / period : 0;
}

/// A line of the kernel's memory table, e.g. "MemAvailable", in GiB; 0 when there is none.
double memory_GiB(const std::string& what) {
    std::ifstream file("/proc/meminfo");
    std::string name;
    double kilobytes = 0;
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        if (words >> name >> kilobytes && name == what + ":") return kilobytes / 1048576.0;
    }
    return 0;
}

Finding examine_cores() {
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    std::string value = fmt::format("{} online", online);
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0)
        value += fmt::format(", {} allowed to this process", CPU_COUNT(&allowed));
    if (const double limit = cgroup_cores(); limit > 0)
        value += fmt::format(", limited to {:.3g} by its control group", limit);
    return {"machine", "cores", true, value, ""};
}

Finding examine_threads() {
    const std::string asked = variable("OMP_NUM_THREADS");
    return {"machine", "OpenMP threads", true,
            fmt::format("{}{}", omp_get_max_threads(),
                        asked.empty() ? "" : " (OMP_NUM_THREADS=" + asked + ")"),
            ""};
}

Finding examine_disk() {
    std::error_code error;
    const fs::space_info space = fs::space(".", error);
    if (error) return {"machine", "disk", false, "free space is unknown: " + error.message(), ""};
    const double free_GiB = static_cast<double>(space.available) / bytes_per_GiB;
    const bool tight = free_GiB < 1;
    return {"machine", "disk", true, fmt::format("{:.1f} GiB free in this folder", free_GiB),
            tight ? "write runs elsewhere: lamina run FILE -o FOLDER" : ""};
}

// ---- what is optional

/// Names of the CUDA devices, asked of the driver itself. `found` is whether a driver answered.
struct CudaDevices {
    bool found = false;
    std::vector<std::string> names;
};

CudaDevices cuda_devices() {
    CudaDevices devices;
    void* driver = dlopen("libcuda.so.1", RTLD_LAZY | RTLD_LOCAL);
    if (!driver) return devices;
    // signatures as in the driver's interface; every call returns 0 for success
    using Init = int (*)(unsigned);
    using Count = int (*)(int*);
    using Name = int (*)(char*, int, int);
    const auto init = reinterpret_cast<Init>(dlsym(driver, "cuInit"));
    const auto count = reinterpret_cast<Count>(dlsym(driver, "cuDeviceGetCount"));
    const auto name_of = reinterpret_cast<Name>(dlsym(driver, "cuDeviceGetName"));
    int n_devices = 0;
    if (init && count && name_of && init(0) == 0 && count(&n_devices) == 0) {
        devices.found = true;
        for (int device = 0; device < n_devices; ++device) {
            char name[256] = "";
            if (name_of(name, sizeof name, device) == 0) devices.names.emplace_back(name);
        }
    }
    // the driver is left loaded: closing it is known to hang when it has started threads
    return devices;
}

std::vector<Finding> examine_cuda() {
    const std::string toolkit = LAMINA_WITH_CUDA;
    const CudaDevices devices = cuda_devices();
    Finding kernels{"optional", "CUDA kernels", !toolkit.empty(), "", ""};
    kernels.value = toolkit.empty() ? "not built in; everything runs on the CPU"
                                    : "compiled by nvcc " + toolkit;
    Finding device{"optional", "CUDA device", !devices.names.empty(), "", ""};
    device.value = !devices.found          ? "no driver answers"
                   : devices.names.empty() ? "a driver, but no device"
                                           : fmt::format("{}", fmt::join(devices.names, ", "));
    return {kernels, device};
}

Finding examine_program(const std::string& name, const std::string& program, const std::string& use,
                        const std::string& remedy) {
    const std::string path = find_program(program);
    if (path.empty()) return {"optional", name, false, "not found; " + use, remedy};
    return {"optional", name, true, path, ""};
}

Finding examine_MPI() {
    const std::string library = mpi_library();
    if (library.empty())
        return {"optional", "MPI", false, "not built in; sweeps use the cores of one machine",
                "apt-get install libopenmpi-dev openmpi-bin   # then build again"};
    return {"optional", "MPI", true, library, ""};
}

// ---- published data, terminal

Finding examine_data() {
    const std::string folder = variable("LAMINA_DATA");
    const std::string remedy = "export LAMINA_DATA=FOLDER   # the folder of published data sets";
    if (folder.empty())
        return {"data", "LAMINA_DATA", false,
                "not set; comparisons with published data are left out", remedy};
    std::vector<std::string> sets;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error))
        if (entry.is_directory(error)) sets.push_back(entry.path().filename());
    if (error || sets.empty())
        return {"data", "LAMINA_DATA", false, folder + " holds no data sets", remedy};
    std::sort(sets.begin(), sets.end());
    return {"data", "LAMINA_DATA", true, fmt::format("{}: {}", folder, fmt::join(sets, ", ")), ""};
}

std::vector<Finding> examine_terminal() {
    std::string locale = variable("LC_ALL");
    if (locale.empty()) locale = variable("LC_CTYPE");
    if (locale.empty()) locale = variable("LANG");
    const bool utf8 = locale.find("UTF-8") != std::string::npos ||
                      locale.find("utf8") != std::string::npos ||
                      locale.find("UTF8") != std::string::npos;
    Finding letters{"terminal", "letters", utf8, locale.empty() ? "no locale set" : locale, ""};
    if (!utf8) letters.remedy = "export LC_ALL=C.UTF-8";

    const bool screen = isatty(STDERR_FILENO) == 1;
    std::string value = screen ? "stderr is a terminal: progress as a bar"
                               : "stderr is no terminal: progress as lines";
    if (!variable("NO_COLOR").empty()) value += ", NO_COLOR is set";
    return {letters, {"terminal", "progress", true, value, ""}};
}

} // namespace

std::string find_program(const std::string& name) {
    std::istringstream folders(variable("PATH"));
    for (std::string folder; std::getline(folders, folder, ':');) {
        const fs::path path = fs::path(folder.empty() ? "." : folder) / name;
        std::error_code error;
        if (access(path.c_str(), X_OK) == 0 && fs::is_regular_file(path, error))
            return path.string();
    }
    return "";
}

std::vector<Finding> examine_machine() {
    std::vector<Finding> findings = examine_build();
    const auto add = [&](const std::vector<Finding>& more) {
        findings.insert(findings.end(), more.begin(), more.end());
    };
    add({examine_cores(),
         examine_threads(),
         {"machine", "memory", true,
          fmt::format("{:.1f} GiB, {:.1f} GiB available", memory_GiB("MemTotal"),
                      memory_GiB("MemAvailable")),
          ""},
         examine_disk()});
    add(examine_cuda());
    add({examine_MPI(),
         examine_program("Slurm", "sbatch", "sweeps stay on this machine",
                         "apt-get install slurm-client   # on a machine of a cluster"),
         examine_program("ccache", "ccache", "building again takes longer",
                         "apt-get install ccache")});
    add({examine_data()});
    add(examine_terminal());
    return findings;
}

std::string doctor_text(const std::vector<Finding>& findings) {
    std::string text, group;
    for (const Finding& finding : findings) {
        if (finding.group != group) text += (text.empty() ? "" : "\n") + finding.group + "\n";
        group = finding.group;
        text +=
            fmt::format("  {} {:<15} {}\n", finding.found ? "+" : "-", finding.name, finding.value);
    }
    std::string remedies;
    for (const Finding& finding : findings)
        if (!finding.remedy.empty())
            remedies += fmt::format("  {:<17} {}\n", finding.name, finding.remedy);
    if (!remedies.empty()) text += "\nto add what is missing\n" + remedies;
    return text;
}

std::string doctor_json(const std::vector<Finding>& findings) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const Finding& finding : findings)
        list.push_back({{"group", finding.group},
                        {"name", finding.name},
                        {"found", finding.found},
                        {"value", finding.value},
                        {"remedy", finding.remedy}});
    const nlohmann::ordered_json json = {{"version", nlohmann::ordered_json::parse(version_json())},
                                         {"findings", list}};
    // a path that is not UTF-8 must not stop the examination
    return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

} // namespace lamina
