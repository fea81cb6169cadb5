#include "experiments/circuits/circuit_fields.hpp"

#include <algorithm>
#include <cctype>

#include "experiments/circuits/model_tables.hpp"
#include "experiments/field_builder.hpp"

namespace lamina {
namespace {

template <class Line> std::vector<Choice> choices_of(const std::vector<Line>& table) {
    std::vector<Choice> choices;
    for (const Line& line : table) choices.push_back({line.name, line.summary});
    return choices;
}

/// The five keys of a law, below `path`.
FieldTable& add_law(FieldTable& table, const std::string& path, const std::string& example) {
    const auto number = [&](const char* key) -> FieldTable& {
        return table.add(path + key).special(FieldKind::tabled);
    };
    table.add(path + ".law")
        .choice({{"constant", "mean"},
                 {"normal", "mean and sd; what lies outside least and most is set to its end"},
                 {"normal_redrawn", "mean and sd, given that it lies in least and most"},
                 {"lognormal", "mean and sd of the values themselves"},
                 {"uniform", "equally likely between least and most"}})
        .otherwise("constant")
        .means("how the values are drawn");
    number(".mean").means("the value, or the mean of the law").like(example);
    number(".sd").otherwise("0").means("standard deviation of the law").like(example);
    number(".least").otherwise("without end").means("lower end").like(example);
    return number(".most").otherwise("without end").means("upper end").like(example);
}

// clang-format off
std::vector<Field> circuit_rows() {
    constexpr double longest_ms = 1e8;
    const std::string p = "circuit.populations.*.", c = "circuit.projections.*.";
    FieldTable t;
    t.add(p + "model").choice(choices_of(circuit_neurons())).must()
        .means("what each neuron computes; `lamina list neurons` has the parameters");
    t.add(p + "n").special(FieldKind::integer).within(1, 1e8).must().means("how many neurons").like("8000");
    t.add(p + "parameters.*").special(FieldKind::tabled).otherwise("the model's own")
        .means("a parameter of the neuron model, in its unit; a bare number where it has none").like("15 ms");
    add_law(t, p + "start.*", "-58 mV");
    t.add(p + "drive.rate").quantity("Hz").within(0, 1e9).must().means("spikes per second that reach each neuron").like("20 kHz");
    t.add(p + "drive.weight").special(FieldKind::tabled).must().means("what a spike adds to the input, in the input's unit").like("0.1 mV");
    t.add(p + "drive.input").special(FieldKind::text).otherwise("the model's first").means("input of the model that the spikes reach").like("excitatory");
    t.add(p + "drive.from").quantity("ms").within(0, longest_ms).otherwise("0 ms").means("when it begins, from the start of the simulation").like("0 ms");
    t.add(p + "drive.to").quantity("ms").within(0, longest_ms).zero("end").otherwise("end").means("when it ends; end: never").like("1 s");
    t.add(p + "protocol.from").quantity("ms").within(0, longest_ms).otherwise("0 ms").means("when the parameters begin to differ").like("2 s");
    t.add(p + "protocol.to").quantity("ms").within(0, longest_ms).zero("end").otherwise("end").means("when they are the population's again; end: never").like("2.35 s");
    t.add(p + "protocol.*").special(FieldKind::tabled).otherwise("the population's")
        .means("a parameter of the neuron model during this time; where two overlap, the later in the list holds").like("26.6 mV");
    t.add(p + "spikes").special(FieldKind::spikes).otherwise("none")
        .means("spike_times alone: pairs of time and neuron, or a file").like("[[10 ms, 0], [12.5 ms, 3]]");
    t.add(p + "spikes.file").special(FieldKind::file).otherwise("none").means("CSV with the columns time_ms and neuron (from 0)").like("spikes.csv");

    t.add(c + "from").special(FieldKind::words).must().means("populations whose spikes are sent").like("E");
    t.add(c + "to").special(FieldKind::words).must()
        .means("populations that receive them; every pair of from and to is connected by itself").like("[E, I]");
    t.add(c + "rule.type").choice(choices_of(circuit_rules())).must().means("rule of wiring; `lamina list rules` has the parameters");
    t.add(c + "rule.autapses").special(FieldKind::boolean).otherwise("true").means("may a neuron reach itself?").like("false");
    t.add(c + "rule.multapses").special(FieldKind::boolean).otherwise("true").means("may a pair have several synapses?").like("false");
    t.add(c + "rule.file").special(FieldKind::file).otherwise("none")
        .means("explicit_table: CSV with the columns source and target (from 0), and where it has them weight, in the input's unit, and delay_ms").like("synapses.csv");
    t.add(c + "rule.*").special(FieldKind::tabled).otherwise("none, it must be written").means("a parameter of the rule").like("0.1");
    add_law(t, c + "weight", "0.1 mV");
    add_law(t, c + "delay", "1.5 ms");
    t.add(c + "input").special(FieldKind::text).otherwise("the model's first").means("input of the targets' model that is reached").like("excitatory");
    t.add(c + "synapse.model").choice(choices_of(circuit_synapses())).otherwise("static")
        .means("dynamics of a synapse; `lamina list synapses` has the parameters");
    t.add(c + "synapse.*").special(FieldKind::tabled).otherwise("the model's own").means("a parameter of the synapse model").like("0.2");
    std::vector<Field> table = t.done();
    for (Field& row : table)
        if (row.path.rfind(c + "delay.", 0) == 0 && row.kind == FieldKind::tabled) row.kind = FieldKind::quantity, row.unit = "ms";
    return table;
}
// clang-format on

bool is_number_word(const std::string& word) {
    return !word.empty() && word.size() < 10 &&
           std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string dotted_path(const std::vector<std::string>& words) {
    std::string path;
    for (const std::string& word : words) path += (path.empty() ? "" : ".") + word;
    return path;
}

const Field* exact_row(const std::string& path) {
    for (const Field& row : circuit_fields())
        if (row.path == path) return &row;
    return nullptr;
}

} // namespace

const std::vector<Field>& circuit_fields() {
    static const std::vector<Field> table = circuit_rows();
    return table;
}

std::vector<std::string> words_of_path(const std::string& path) {
    std::vector<std::string> words;
    for (std::size_t begin = 0; begin <= path.size();) {
        const std::size_t end = std::min(path.find('.', begin), path.size());
        words.push_back(path.substr(begin, end - begin));
        begin = end + 1;
    }
    return words;
}

bool is_word(const std::string& text) {
    const auto in_word = [](unsigned char c) { return c < 0x80 && (std::isalnum(c) || c == '_'); };
    return !text.empty() && text.size() <= 64 &&
           std::isalpha(static_cast<unsigned char>(text[0])) &&
           std::all_of(text.begin(), text.end(), in_word);
}

bool is_in_circuit_tables(const std::string& path) {
    return path.rfind("circuit.populations.", 0) == 0 || path.rfind("circuit.projections.", 0) == 0;
}

std::string circuit_row(const std::string& path) {
    if (!is_in_circuit_tables(path)) return path;
    std::vector<std::string> words = words_of_path(path);
    words[2] = "*";
    if (words.size() > 4 && (words[3] == "drive" || words[3] == "protocol") &&
        is_number_word(words[4]))
        words.erase(words.begin() + 4);
    if (words.size() > 4 && words[3] == "start") words[4] = "*";
    return dotted_path(words);
}

const Field* find_circuit_field(const std::string& path) {
    if (!is_in_circuit_tables(path)) return nullptr;
    const std::string row = circuit_row(path);
    if (const Field* found = exact_row(row)) return found;
    // the name of a parameter
    const std::size_t point = row.rfind('.');
    return is_word(row.substr(point + 1)) ? exact_row(row.substr(0, point) + ".*") : nullptr;
}

} // namespace lamina
