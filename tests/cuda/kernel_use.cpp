#include "cuda/kernel_use.hpp"
#include "support/contains.hpp"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>

#include <cxxabi.h>

namespace lamina::test {
namespace {

bool begins_with_any(const std::string& text, const std::vector<std::string>& heads) {
    return std::any_of(heads.begin(), heads.end(), [&](const std::string& head) {
        return text.compare(0, head.size(), head) == 0 &&
               (text.size() == head.size() || text[head.size()] == '<');
    });
}

std::string demangle(const std::string& mangled) {
    int status = 0;
    const std::unique_ptr<char, void (*)(void*)> name(
        abi::__cxa_demangle(mangled.c_str(), nullptr, nullptr, &status), std::free);
    return status == 0 ? name.get() : mangled;
}

/// From text[from], a '<', to its '>': what lies between.
std::string between_brackets(const std::string& text, std::size_t from) {
    int depth = 0;
    for (std::size_t i = from; i < text.size(); ++i) {
        depth += text[i] == '<' ? 1 : text[i] == '>' ? -1 : 0;
        if (depth == 0) return text.substr(from + 1, i - from - 1);
    }
    return text.substr(from + 1);
}

std::string sm(int architecture) { return "sm_" + std::to_string(architecture); }

/// How often an instruction is there; the pattern is of its whole name.
int count_of(const std::string& body, const std::string& pattern) {
    const std::regex instruction("(^|[\\s;])" + pattern + "\\s");
    return int(std::distance(std::sregex_iterator(body.begin(), body.end(), instruction),
                             std::sregex_iterator()));
}

} // namespace

std::string short_name(const std::string& mangled) {
    std::string name = demangle(mangled);
    const std::size_t runner = name.find("lamina::cuda::run_"),
                      open = runner == std::string::npos ? runner : name.find('<', runner);
    name =
        open == std::string::npos ? name.substr(0, name.find('(')) : between_brackets(name, open);
    static const std::regex noise("lamina::|\\(anonymous namespace\\)::|_GLOBAL__N_\\w*::| ");
    name = std::regex_replace(name, std::regex("unsigned int"), "uint32");
    name = std::regex_replace(name, std::regex("unsigned long"), "uint64");
    return std::regex_replace(name, noise, "");
}

std::vector<KernelUse> read_ptxas(const std::string& text) {
    static const std::regex entry("Compiling entry function '(\\w+)' for 'sm_(\\d+)[a-z]?'"),
        memory("(\\d+) bytes stack frame, (\\d+) bytes spill stores, (\\d+) bytes spill loads"),
        registers("Used (\\d+) registers"), shared("(\\d+)(\\+\\d+)? bytes smem");
    std::vector<KernelUse> uses;
    std::istringstream lines(text);
    std::smatch part;
    for (std::string line; std::getline(lines, line);) {
        if (std::regex_search(line, part, entry)) {
            uses.emplace_back();
            uses.back().kernel = short_name(part[1]);
            uses.back().architecture = std::stoi(part[2]);
        }
        if (uses.empty()) continue;
        KernelUse& use = uses.back();
        if (std::regex_search(line, part, memory)) { // also of functions that are called
            use.stack_bytes += std::stoi(part[1]);
            use.spill_store_bytes += std::stoi(part[2]);
            use.spill_load_bytes += std::stoi(part[3]);
        }
        if (std::regex_search(line, part, registers)) use.registers = std::stoi(part[1]);
        if (std::regex_search(line, part, shared)) use.shared_bytes = std::stoi(part[1]);
    }
    return uses;
}

bool is_hot(const std::string& kernel) {
    // nobody runs it: a thread for all functions
    return !begins_with_any(kernel, {"EveryFunction"});
}

RegisterBudget read_budget(const std::string& text) {
    RegisterBudget budget;
    std::istringstream lines(text);
    static const std::regex compiler("# nvcc ([\\d.]+).*");
    std::smatch part;
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string first, word;
        words >> first;
        if (first.empty() || first == "#") {
            if (std::regex_match(line, part, compiler)) budget.compiler = part[1];
            continue;
        }
        std::vector<int> figures;
        while (words >> word) {
            const std::string digits = first == "kernel" ? word.substr(word.find('_') + 1) : word;
            if (digits.empty() || digits.find_first_not_of("0123456789") != std::string::npos)
                throw std::runtime_error("no line of a budget: " + line);
            figures.push_back(std::stoi(digits));
        }
        if (first == "kernel") {
            budget.architectures = figures;
            continue;
        }
        if (figures.size() != budget.architectures.size() ||
            !budget.most_registers.emplace(first, figures).second)
            throw std::runtime_error("no line of a budget: " + line);
    }
    return budget;
}

std::string write_budget(const RegisterBudget& budget) {
    std::ostringstream out;
    out << "# nvcc " << budget.compiler << ": the most registers of a thread, by architecture\n"
        << "# made by: LAMINA_WRITE_EXPECTED=1 test_cuda 'kernels: registers*'\n"
        << "kernel";
    for (const int architecture : budget.architectures) out << ' ' << sm(architecture);
    out << '\n';
    for (const auto& [kernel, figures] : budget.most_registers) {
        out << kernel;
        for (const int n : figures) out << ' ' << n;
        out << '\n';
    }
    return out.str();
}

RegisterBudget budget_of(const std::vector<KernelUse>& uses, const std::string& compiler) {
    RegisterBudget budget;
    budget.compiler = compiler;
    std::set<int> architectures;
    for (const KernelUse& use : uses) architectures.insert(use.architecture);
    budget.architectures.assign(architectures.begin(), architectures.end());
    for (const KernelUse& use : uses) {
        std::vector<int>& figures = budget.most_registers[use.kernel];
        figures.resize(architectures.size(), 0);
        const auto at = std::distance(architectures.begin(), architectures.find(use.architecture));
        figures[std::size_t(at)] = std::max(figures[std::size_t(at)], use.registers);
    }
    return budget;
}

std::vector<std::string> misuse_of_memory(const std::vector<KernelUse>& uses) {
    std::vector<std::string> found;
    for (const KernelUse& use : uses) {
        const std::string who = use.kernel + " on " + sm(use.architecture) + ": ";
        if (use.registers < 0) found.push_back(who + "no report of its registers");
        if (use.spill_store_bytes + use.spill_load_bytes > 0)
            found.push_back(who + "found " + std::to_string(use.spill_store_bytes) + " bytes of " +
                            "spill stores and " + std::to_string(use.spill_load_bytes) +
                            " of spill loads, allowed 0");
        if (is_hot(use.kernel) && use.stack_bytes > 0)
            found.push_back(who + "found " + std::to_string(use.stack_bytes) +
                            " bytes of stack, allowed 0");
    }
    return found;
}

std::vector<std::string> over_budget(const std::vector<KernelUse>& uses,
                                     const RegisterBudget& budget) {
    std::vector<std::string> found;
    std::set<std::string> seen;
    for (const KernelUse& use : uses) {
        const std::string who = use.kernel + " on " + sm(use.architecture) + ": ";
        const auto line = budget.most_registers.find(use.kernel);
        const auto column =
            std::find(budget.architectures.begin(), budget.architectures.end(), use.architecture);
        const bool is_new = seen.insert(use.kernel).second;
        if (line == budget.most_registers.end()) {
            if (is_new)
                found.push_back(who + "found " + std::to_string(use.registers) +
                                " registers, and no line in the budget");
        } else if (column == budget.architectures.end()) {
            found.push_back(who + "the budget has no such architecture");
        } else {
            const int most =
                line->second[std::size_t(std::distance(budget.architectures.begin(), column))];
            if (use.registers > most)
                found.push_back(who + "found " + std::to_string(use.registers) +
                                " registers, allowed " + std::to_string(most));
        }
    }
    for (const auto& line : budget.most_registers)
        if (seen.count(line.first) == 0)
            found.push_back(line.first + ": in the budget, but no kernel");
    return found;
}

std::vector<PtxKernel> read_ptx(const std::string& text) {
    static const std::regex entry("\\.entry (\\w+)\\(");
    std::vector<PtxKernel> kernels;
    for (std::sregex_iterator it(text.begin(), text.end(), entry), none; it != none; ++it) {
        const std::size_t first = text.find("\n{", std::size_t(it->position())),
                          last = text.find("\n}", first);
        kernels.push_back({short_name((*it)[1]), text.substr(first, last - first)});
    }
    return kernels;
}

std::vector<std::string> misuse_of_instructions(const PtxKernel& kernel) {
    const std::string& body = kernel.body;
    std::vector<std::string> found;
    const auto say = [&](const std::string& what) { found.push_back(kernel.kernel + ": " + what); };
    const auto is = [&](const char* name) { return begins_with_any(kernel.kernel, {name}); };

    // ptxas may join an addition or a product that names no rounding with its neighbour
    const int loose = count_of(body, "(add|sub|mul|mad)(\\.ftz)?(\\.sat)?\\.f(32|64)");
    if (loose > 0)
        say(std::to_string(loose) + " floating-point instructions that may be contracted");
    if (contains(body, ".ftz")) say("numbers below the normal ones are flushed to zero");
    if (contains(body, ".approx")) say("an approximate instruction");
    if (count_of(body, "(atom|red)\\S*\\.(cas|exch)\\S*") > 0) say("an atomic exchange");
    if (count_of(body, "(atom|red)\\S*\\.f(16|32|64)") > 0) say("an atomic sum of real numbers");
    if (is_hot(kernel.kernel) && contains(body, ".local")) say("memory of a thread (.local)");

    const std::string to = "(atom|red)(\\.relaxed|\\.gpu)*";
    const int global = count_of(body, to + "\\.global\\S*\\.add\\.u32"),
              shared = count_of(body, to + "\\.shared\\S*\\.add\\.u32"),
              any = count_of(body, "(atom|red)\\.\\S*"),
              meetings = count_of(body, "atom\\.add\\.release\\.gpu\\.u32");
    // where a network lies is read from memory, so that its list is anywhere for the compiler
    const bool runs_together = is("RunInSharedRing"), runs_alone = is("RunAlone");
    const int anywhere = count_of(body, "(atom|red)\\.add\\.u32");
    if (any != global + shared + meetings + (runs_alone ? anywhere : 0))
        say("an atomic instruction of another kind");
    if (meetings != 0 && !runs_together && !is("MeetAll")) say("a barrier of the whole grid");
    if ((runs_together && (shared != 1 || global != 1 || meetings != 1)) ||
        (runs_alone && (shared != 1 || global + anywhere != 1)))
        say("found " + std::to_string(shared) + " sums in shared memory, " +
            std::to_string(global + anywhere) + " elsewhere and " + std::to_string(meetings) +
            " barriers of the grid; 1 of each: the ring, the list of spikes, the step");
    if (is("AddShared") && (shared == 0 || global != 1)) say("its sums are not in shared memory");
    if ((is("AddGlobal") || is("DriveNeurons")) && (global == 0 || shared != 0))
        say("its sums are not in global memory");
    const bool adds_rows = is("ScatterSpikes");
    if (adds_rows && (global == 0 || shared != 0))
        say("found " + std::to_string(global) + " sums in global memory, " +
            std::to_string(shared) + " in shared memory; the ring is global");

    // fused only where the sources say fma
    const int f32 = count_of(body, "fma\\.rn\\.f32"), f64 = count_of(body, "fma\\.rn\\.f64");
    const bool lif_exp = contains(kernel.kernel, "<LifExp<");
    const int fused = contains(kernel.kernel, "double") ? f64 : f32;
    if (lif_exp && (runs_together || runs_alone) && fused != 3)
        say("found " + std::to_string(fused) + " fma, and the step of LifExp has 3");
    if (lif_exp && is("AdvanceNeurons") && (fused == 0 || fused % 3 != 0))
        say("found " + std::to_string(fused) + " fma, not a multiple of the 3 of LifExp's step");
    // tiles: two reads of four numbers for sixteen products
    const int fours = count_of(body, "ld\\.shared\\.v4\\.f32");
    if (is("MatmulBlocks") && contains(kernel.kernel, "float") && (f32 == 0 || f32 != 8 * fours))
        say("found " + std::to_string(f32) + " fma and " + std::to_string(fours) +
            " reads of four numbers from shared memory, not 8 to 1");
    if ((adds_rows || is("DriveNeurons") || contains(kernel.kernel, "<Poisson<")) && f32 + f64 > 0)
        say("found " + std::to_string(f32 + f64) + " fma, and its source has none");
    return found;
}

} // namespace lamina::test
