/// `lamina`: one function per command. What happens in a run is told in
/// experiments/run_experiment.cpp: spec -> variants -> column and block -> trials -> run directory.
#include <CLI/CLI.hpp>

#include <csignal>
#include <cstdio>
#include <new>
#include <system_error>

#include "experiments/command_help.hpp"
#include "experiments/commands/commands.hpp"
#include "experiments/exit_codes.hpp"
#include "experiments/sweep/slurm.hpp"
#include "experiments/sweep/worker_pool.hpp"
#include "sim/errors.hpp"

namespace {

using namespace lamina;

/// Runs a command; an error becomes its message on stderr and its exit code.
template <class Command> int guarded(Command command) {
    try {
        return command();
    } catch (const std::bad_alloc&) {
        std::fprintf(stderr,
                     "error: out of memory\n  = help: `lamina check FILE` predicts the need; lower "
                     "circuit.scale, column.columns, task.trials or record intervals\n");
        return 1;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s%s\n", is_whole_message(error) ? "" : "error: ", error.what());
        return exit_code_of(error);
    }
}

} // namespace

int main(int argc, char** argv) {
    std::signal(SIGXFSZ, SIG_IGN); // a file-size limit is then an error with a message
    CLI::App app{
        "Lamina: the cortical column as an attention engine, beside its transformer block"};
    app.require_subcommand(0, 1);
    app.footer(
        "Example: lamina run experiments/dms.yaml task.load=[1,4] -o runs/first\n"
        "Exit codes: 0 ok, 1 run failed, 2 usage or invalid file, 3 some points of a sweep "
        "failed,\n"
        "4 device or feature not here, 5 comparison or verification failed, 75 stopped on request\n"
        "with work left, 130/143 stopped by a signal.");
    bool version = false, json = false;
    app.add_flag("--version", version, "Version, commit and build");
    app.add_flag("--json", json, "With --version: as JSON");
    int exit_code = 0;
    const auto command = [&](const char* name, const char* help, const char* example) {
        CLI::App* sub = app.add_subcommand(name, help);
        sub->footer(std::string("Example: ") + example);
        return sub;
    };

    commands::RunArguments run;
    run.argv.assign(argv, argv + argc);
    auto* run_app =
        command("run", "Run an experiment and write its run directory and report",
                "lamina run experiments/dms.yaml column.inhibition=pv_linear --threads 2");
    run_app->add_option("file", run.file, "Experiment file (YAML)")->required();
    run_app->add_option("overrides", run.overrides,
                        "key=value, units included (task.timing.delay=\"2 s\")");
    run_app->add_option("-o,--out", run.out, "Directory to write; default runs/<name>-<hash>");
    run_app->add_option("--seed", run.seed, "Seed of every random number");
    run_app->add_option("--threads", run.threads, "Threads; results do not depend on it")
        ->check(CLI::Range(1, 4096));
    run_app->add_option("--device", run.device, "auto | cpu | cuda[:i] | emulated[:seed]");
    run_app->add_option("--trace", run.trace, "Record every population of this trial")
        ->check(CLI::NonNegativeNumber);
    run_app->add_flag("--force", run.force, "Replace an existing run in -o");
    run_app->add_flag("--json", run.json, "Print {\"run_dir\", \"summary\"} on stdout");
    run_app->add_flag("--strict", run.strict, "An unmet expectation exits 5");
    run_app->add_flag("--ignore-sweep", run.ignore_sweep,
                      "Run the base point of a file with sweep:");
    run_app->add_flag("--no-report", run.no_report, "Do not write report.html and figures");
    run_app->add_flag("--profile", run.profile,
                      "Tell where the time went, by phase of the run and of a step");
    run_app->callback([&] { exit_code = guarded([&] { return commands::run(run); }); });

    commands::RunArguments fit;
    fit.argv = run.argv;
    fit.fit = true;
    auto* fit_app =
        command("fit", "Refit the values named under fit: to data, with their uncertainty",
                "lamina fit experiments/fit_colour.yaml fit.conditions=[1,8]");
    fit_app->add_option("file", fit.file, "Experiment file (YAML) with fit:")->required();
    fit_app->add_option("overrides", fit.overrides, "key=value, units included");
    fit_app->add_option("-o,--out", fit.out, "Directory to write; default runs/<name>-<hash>");
    fit_app->add_option("--seed", fit.seed, "Seed of the simulated data sets");
    fit_app->add_option("--threads", fit.threads, "Threads; results do not depend on it")
        ->check(CLI::Range(1, 4096));
    fit_app->add_flag("--force", fit.force, "Replace an existing run in -o");
    fit_app->add_flag("--json", fit.json, "Print {\"run_dir\", \"summary\"} on stdout");
    fit_app->add_flag("--strict", fit.strict, "An unmet expectation exits 5");
    fit_app->add_flag("--no-report", fit.no_report, "Do not write report.html and figures");
    fit_app->callback([&] { exit_code = guarded([&] { return commands::run(fit); }); });

    commands::SweepArguments sweep;
    sweep.argv = run.argv;
    auto* sweep_app = command("sweep", "Many runs of one file: plan, run, submit, status, collect",
                              "lamina sweep run experiments/dms.yaml "
                              "sweep.grid.column.inhibition=\"[pv_log, pv_linear]\" --workers 2");
    sweep_app->require_subcommand(1, 1);
    const auto sweep_command = [&](const char* name, const char* help, const char* where) {
        CLI::App* sub = sweep_app->add_subcommand(name, help);
        sub->add_option("where", sweep.where, where)->required();
        sub->add_flag("--json", sweep.json, "As JSON");
        return sub;
    };
    const auto planned = [&](CLI::App* sub) {
        sub->add_option("overrides", sweep.overrides,
                        "key=value, units included; sweep.grid.PATH=\"[value, value]\" is an axis");
        sub->add_option("--seed", sweep.seed, "Seed of the base point");
        sub->add_option("--threads", sweep.threads, "Cores to use in all")
            ->check(CLI::Range(1, 4096));
        sub->add_flag("--skip-invalid", sweep.skip_invalid, "Leave out points that cannot be run");
    };
    auto* plan_app = sweep_command("plan", "Points, cost and disk, before anything runs",
                                   "Experiment file (YAML) with sweep:, or a sweep's directory");
    planned(plan_app);
    plan_app->callback([&] { exit_code = guarded([&] { return commands::sweep_plan(sweep); }); });
    const auto running = [&](CLI::App* sub) {
        sub->add_option("--workers", sweep.workers, "Points at a time; default: one for each core")
            ->check(CLI::Range(1, 4096));
        sub->add_option("--device", sweep.device, "auto | cpu | cuda[:i] | emulated[:seed]");
        sub->add_flag("--failed", sweep.failed, "Only points that have failed");
        sub->add_flag("--reports", sweep.reports, "A report.html of every point as well");
        auto* tasks =
            sub->add_option("--tasks", sweep.tasks, "A list of tasks, as `sweep submit` writes it");
        auto* task = sub->add_option("--task", sweep.task, "Its number in --tasks, from 0")
                         ->check(CLI::NonNegativeNumber);
        tasks->needs(task);
        task->needs(tasks);
        sub->add_option("--first", sweep.order, "Begin with these points")->delimiter(',');
        sub->add_flag("--no-collect", sweep.no_collect,
                      "Do not put the results together when all points are done");
    };
    auto* sweep_run_app =
        sweep_command("run", "Run the points that are not done; finished ones are never run again",
                      "Experiment file (YAML) with sweep:, or a sweep's directory");
    planned(sweep_run_app);
    running(sweep_run_app);
    sweep_run_app->add_option("-o,--out", sweep.out, "Directory; default runs/<name>-<hash>");
    sweep_run_app->callback(
        [&] { exit_code = guarded([&] { return commands::sweep_run(sweep); }); });
    SlurmOptions slurm;
    std::vector<std::string> slurm_job;
    auto* submit_app =
        sweep_command("submit", "Give the points that are not done to Slurm, and collect behind",
                      "Experiment file (YAML) with sweep:, or a sweep's directory");
    planned(submit_app);
    submit_app->add_option("-o,--out", sweep.out, "Directory; default runs/<name>-<hash>");
    submit_app->add_option("--slurm", slurm_job, "An option of sbatch: --slurm partition=NAME");
    submit_app->add_option("--chunk", slurm.chunk, "Points of a task; default as few as can be")
        ->check(CLI::Range(std::int64_t(1), std::int64_t(1000000)));
    submit_app->add_option("--throttle", slurm.throttle, "Tasks at a time")
        ->check(CLI::PositiveNumber);
    submit_app
        ->add_option("--signal-before", slurm.signal_s,
                     "Seconds before its time limit at which a task is told to stop")
        ->check(CLI::Range(1, 65535));
    submit_app->add_flag("--failed", sweep.failed, "Only points that have failed");
    submit_app->add_flag("--dry-run", slurm.dry, "Write the files and print the command alone");
    submit_app->callback([&] {
        exit_code = guarded([&] { return commands::sweep_submit(sweep, slurm, slurm_job); });
    });
    auto* status_app = sweep_command("status", "Done, running, failed with reason, waiting",
                                     "A sweep's directory");
    status_app->callback(
        [&] { exit_code = guarded([&] { return commands::sweep_status(sweep); }); });

    auto* collect_app =
        sweep_command("collect", "Put together what is done: summary.h5, results.csv, report.html",
                      "A sweep's directory");
    collect_app->callback(
        [&] { exit_code = guarded([&] { return commands::sweep_collect(sweep); }); });

    auto* resume_app =
        command("resume", "Go on with a stopped sweep", "lamina resume runs/grid-1a2b3c4d");
    resume_app->add_option("directory", sweep.where, "A sweep's directory")->required();
    resume_app->add_option("--threads", sweep.threads, "Cores to use in all")
        ->check(CLI::Range(1, 4096));
    resume_app->add_flag("--json", sweep.json, "As JSON");
    running(resume_app);
    resume_app->callback([&] { exit_code = guarded([&] { return commands::resume(sweep); }); });

    WorkerOptions worker;
    auto* worker_app = app.add_subcommand("sweep-worker")->group(""); // not for people
    worker_app->add_option("directory", worker.directory)->required();
    worker_app->add_option("--threads", worker.threads);
    worker_app->add_option("--device", worker.device);
    worker_app->add_flag("--reports", worker.reports);
    worker_app->callback(
        [&] { exit_code = guarded([&] { return commands::sweep_worker(worker); }); });

    std::vector<std::string> files;
    auto* check_app =
        command("check", "Every problem of a file at once; predicts steps, memory, disk, time",
                "lamina check experiments/dms.yaml");
    check_app->add_option("files", files, "Experiment files, and key=value overrides")->required();
    check_app->add_flag("--json", json, "As JSON");
    check_app->callback([&] {
        std::vector<std::string> paths, overrides;
        for (const std::string& word : files)
            (word.find('=') == std::string::npos ? paths : overrides).push_back(word);
        exit_code = guarded([&] { return commands::check(paths, overrides, json); });
    });

    std::string directory, other;
    bool open = false;
    auto* report_app = command("report", "Make report.html and figures again from the run files",
                               "lamina report runs/dms-1a2b3c4d");
    report_app->add_option("directory", directory, "Run directory")->required();
    report_app->add_flag("--open", open, "Open it in the browser");
    report_app->callback(
        [&] { exit_code = guarded([&] { return commands::report(directory, open); }); });

    auto* compare_app =
        command("compare", "Numeric difference, paired statistics and RSA of two runs",
                "lamina compare runs/a runs/b");
    compare_app->add_option("run_a", directory, "Run directory")->required();
    compare_app->add_option("run_b", other, "Run directory")->required();
    compare_app->add_flag("--json", json, "As JSON");
    compare_app->callback(
        [&] { exit_code = guarded([&] { return commands::compare(directory, other, json); }); });

    std::string export_format;
    auto* export_app = command("export", "Write a run in the format of another program",
                               "lamina export runs/objects-1a2b3c4d --to csv");
    export_app->add_option("directory", directory, "Run directory")->required();
    export_app->add_option("--to", export_format, "csv or rsatoolbox")->required();
    export_app->callback([&] {
        exit_code = guarded([&] { return commands::export_run(directory, export_format); });
    });

    auto* verify_app =
        command("verify", "Recompute every hash of a run directory", "lamina verify runs/a");
    verify_app->add_option("directory", directory, "Run directory")->required();
    verify_app->add_flag("--json", json, "As JSON");
    verify_app->callback(
        [&] { exit_code = guarded([&] { return commands::verify(directory, json); }); });

    auto* predict_app =
        command("predict", "Predictions with effect size, interval, needed n and falsifier",
                "lamina predict runs/dms-1a2b3c4d");
    predict_app->add_option("directory", directory, "Run directory")->required();
    predict_app->add_flag("--json", json, "As JSON");
    predict_app->callback(
        [&] { exit_code = guarded([&] { return commands::predict(directory, json); }); });

    std::string format = "md";
    auto* describe_app = command("describe", "The model's tables for a Methods section",
                                 "lamina describe experiments/dms.yaml --format tex");
    describe_app->add_option("file", run.file, "Experiment file (YAML)")->required();
    describe_app->add_option("overrides", run.overrides, "key=value, units included");
    describe_app->add_option("--format", format, "md | tex")->check(CLI::IsMember({"md", "tex"}));
    describe_app->callback([&] {
        exit_code = guarded([&] { return commands::describe(run.file, run.overrides, format); });
    });

    bool trust = false;
    auto* inspect_app = command("inspect", "Tree, shapes and units of a file or a run",
                                "lamina inspect runs/dms-1a2b3c4d/results.h5:rates/rms");
    inspect_app->add_option("path", directory, "FILE, or FILE:path for a part of it")->required();
    inspect_app->add_flag("--trust", trust, "Read HDF5 that no run.json vouches for");
    inspect_app->callback(
        [&] { exit_code = guarded([&] { return commands::inspect(directory, trust); }); });

    std::string word;
    auto* list_app = command("list", "What can be named in a file", "lamina list scores");
    list_app->add_option(
        "kind", word,
        "neurons | rules | synapses | scores | inhibitions | tasks | integrators | experiments | "
        "data | errors");
    list_app->add_flag("--json", json, "As JSON");
    list_app->callback([&] { exit_code = guarded([&] { return commands::list(word, json); }); });

    auto* explain_app =
        command("explain", "Meaning, unit, default, range and source of a key or an error",
                "lamina explain column.tau.gate");
    explain_app->add_option("key", word, "Key (task.timing.delay) or error id (L0204)")->required();
    explain_app->callback([&] { exit_code = guarded([&] { return commands::explain(word); }); });

    auto* schema_app = command("schema", "JSON Schema (draft-07) of experiment files",
                               "lamina schema > lamina.schema.json");
    schema_app->callback([&] { exit_code = guarded([&] { return commands::schema(); }); });

    auto* doctor_app =
        command("doctor", "What was built in, what was found, what to type to add the rest",
                "lamina doctor");
    doctor_app->add_flag("--json", json, "As JSON");
    doctor_app->callback([&] { exit_code = guarded([&] { return commands::doctor(json); }); });

    std::string experiment = "dms";
    auto* init_app = command("init", "Write a commented experiment to start from",
                             "lamina init my-study --template dms");
    init_app->add_option("directory", directory, "Where; default here");
    init_app->add_option("--template", experiment, "Name of a shipped experiment");
    init_app->callback([&] {
        exit_code = guarded(
            [&] { return commands::init(directory.empty() ? "." : directory, experiment); });
    });

    commands::BenchArguments bench;
    auto* bench_app =
        command("bench",
                "Measure this machine: rate, microcircuit, brunel, vogels_abbott, delivery, build, "
                "update, device",
                "lamina bench microcircuit --scale 0.1 --drive poisson --threads 2");
    bench_app
        ->add_option("what", bench.what,
                     "rate | microcircuit | brunel | vogels_abbott | delivery | build | "
                     "update | device")
        ->required();
    bench_app->add_flag("--quick", bench.quick, "Shorter, less sure");
    bench_app->add_flag("--json", bench.json, "As JSON");
    bench_app->add_option("--history", bench.history, "Append one line to this file");
    bench_app->add_option("--scale", bench.scale,
                          "Of neurons, and in-degrees of the microcircuit, to 1");
    bench_app->add_option("--seconds", bench.seconds, "Biological time that is measured");
    bench_app->add_option("--discard", bench.discard_s, "Biological time before, in seconds");
    bench_app->add_option("--drive", bench.drive, "External input of the microcircuit")
        ->check(CLI::IsMember({"dc", "poisson"}));
    bench_app->add_option("--seed", bench.seed, "Seed of the network");
    bench_app->add_option("--device", bench.device, "auto | cpu | cuda[:i] | emulated[:seed]");
    bench_app->add_option("--threads", bench.threads, "Threads; spikes do not depend on it")
        ->check(CLI::Range(1, 4096));
    bench_app->callback([&] { exit_code = guarded([&] { return commands::bench(bench); }); });

    auto* completion_app =
        command("completion", "Completion of commands, options and keys for a shell",
                "lamina completion bash > ~/.local/share/bash-completion/completions/lamina");
    completion_app->add_option("shell", word, "bash | zsh | fish")->required();
    completion_app->callback([&] {
        exit_code = guarded([&] { return commands::completion(command_help(app), word); });
    });

    auto* manual_app = command("manual", "The manual page of a command, for man and groff",
                               "lamina manual run | man -l -");
    manual_app->add_option("command", word, "A command; default lamina itself");
    manual_app->add_option("--into", directory, "Write all pages into this folder");
    manual_app->callback([&] {
        exit_code = guarded([&] { return commands::manual(command_help(app), word, directory); });
    });

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        // the parser's own codes are no part of the contract: usage is 2
        const int code = app.exit(error);
        return code == 0 ? 0 : 2;
    }
    if (version) return commands::version(json);
    if (app.get_subcommands().empty()) {
        std::printf("%s", app.help().c_str());
        return 2;
    }
    // a result that could not be printed was not given
    if (std::fflush(stdout) != 0 || std::ferror(stdout)) {
        std::fprintf(stderr,
                     "error: stdout could not be written; is the disk full, or the pipe closed?\n");
        return exit_code == 0 ? 1 : exit_code;
    }
    return exit_code;
}
