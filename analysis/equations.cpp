#include "analysis/equations.hpp"

#include <cctype>
#include <utility>

namespace lamina::analysis {

// clang-format off
const std::vector<PopulationEquation>& population_equations() {
    static const std::vector<PopulationEquation> table = {
        {"L5apical", "5, tuft in 1", "queries (context, feedback)", "\u03c4 dq/dt = \u2212q + G\u03b2(t)(W_Q n + b_Q)", "L5apical"},
        {"SST", "1, 2/3", "mask and apical gain", "\u03c4 dr/dt = \u2212r + r_in", "SST"},
        {"L23E", "2/3", "keys", "\u03c4 dk/dt = \u2212k + G\u03b3(t)(W_K n + b_K)", "L23E"},
        {"L23mlp", "2/3", "feed-forward layer", "\u03c4 df/dt = \u2212f + \u03c6(W_1 n + b_1)", "L23mlp"},
        {"L4I", "4", "first layer norm", "\u03c4 d\u03bc/dt = \u2212\u03bc + mean(x); \u03c4 d\u03bd/dt = \u2212\u03bd + mean((x \u2212 \u03bc)\u00b2)", "L4I"},
        {"L4E", "4", "values", "\u03c4 dv/dt = \u2212v + G\u03b3(t)(W_V n + b_V)", "L4E"},
        {"L5match", "5", "scores, told by bursts", "\u03c4 ds_ij/dt = \u2212s_ij + \u03a3 \u00b1 burst rate/(B_1 \u221ad)", "match_tau"},
        {"L5hidden", "5", "drives, told by hidden cells", "\u03c4 dD_ij/dt = \u2212D_ij + \u03a3_m spike rate/(M R), hazard R exp(\u03a9_m\u00b7(q_i + k_j) \u2212 (\u2016q_i\u2016\u00b2 + \u2016k_j\u2016\u00b2)/2)", "match_tau"},
        {"L23phi", "2/3", "features of keys, by cells", "\u03c4 d\u03c6_j/dt = \u2212\u03c6_j + spike rate/(n R), r* = \u03c6(k_j), \u03c6(x) = elu(x) + 1", "L23E"},
        {"L5phi", "5", "features of queries, by cells", "\u03c4 d\u03c6_i/dt = \u2212\u03c6_i + spike rate/(n R), r* = \u03c6(\u03bb(1 \u2212 r) q_i)", "L5apical"},
        {"L5fast_sum", "5", "fast weights learnt without a value", "\u03c4 dz/dt = \u2212z + \u03a3_j spike rate_j/(n R)", "fast_tau"},
        {"L5fast", "5", "fast weights", "\u03c4 dM/dt = \u2212M + \u03a3_j v_j spike rate_j/(n R)", "fast_tau"},
        {"PV_dendrite", "5", "what PV hears of fast weights", "\u03c4 dA_i/dt = \u2212A_i + min(z\u00b7\u03c6_i exp(\u2212p_I), a_max)", "gate"},
        {"L5implied", "5", "weights that fast weights imply, of no cells", "a_ij = \u03c6_i\u00b7\u03c6_j exp(\u2212p_I), \u03a3_j a_ij v_j = M \u03c6_i exp(\u2212p_I)", ""},
        {"L5gate", "5", "attention weights (bursts)", "\u03c4 da_ij/dt = \u2212a_ij + min(D_ij exp(\u2212p_i), a_max), D = exp(s)", "gate"},
        {"PV", "5", "log normaliser", "\u03c4 dp_i/dt = \u03c8(\u03a3_j a_ij), \u03c8(1) = 0", "PV"},
        {"PV_lag", "5", "PV on its way to the gates", "\u03c4 dp_I/dt = \u2212p_I + p", "PV_lag"},
        {"PV_spikes", "5", "what PV cells tell", "\u03c4 dp_I/dt = \u2212p_I + g_PV (r_PV \u2212 r_0), r_PV = r_0 + p/g_PV", "PV_tau"},
        {"L5E", "5", "routed values", "\u03c4 do_i/dt = \u2212o_i + \u03a3_j a_ij v_j", "L5E"},
        {"L6E", "6", "residual stream, to thalamus", "\u03c4 dy/dt = \u2212y + x + W_O concat_h o + b_O", "L6E"},
        {"L6I", "6", "second layer norm", "\u03c4 d\u03bc/dt = \u2212\u03bc + mean(y); \u03c4 d\u03bd/dt = \u2212\u03bd + mean((y \u2212 \u03bc)\u00b2)", "L6I"},
        {"L23sum", "2/3", "output before its norm", "\u03c4 dz/dt = \u2212z + n + W_2 f + b_2", "L23mlp"},
        {"output", "2/3", "output stream; without a feed-forward layer it follows y", "\u03c4 dz/dt = \u2212z + y + W_2 f + b_2", "L23mlp"},
        {"interneurons", "as their rates", "what is taken away under Dale's law", "\u03c4 du\u00b1/dt = \u2212u\u00b1 + r\u00b1", "interneuron"}};
    return table;
}

const std::vector<Projection>& projections() {
    static const std::vector<Projection> table = {
        {"x", "L4I", "\u03bc, \u03bd", "all units of a column to its pool"},
        {"x", "L4E", "W_V, b_V", "all to all within a column"},
        {"x", "L23E", "W_K, b_K", "all to all within a column"},
        {"c", "L5apical", "W_Q, b_Q", "all to all within a column"},
        {"SST", "L5apical", "1 \u2212 r", "a factor of the queries of a column, in the score"},
        {"L5apical", "L5gate", "s", "each column to the gates of its row, head by head", true},
        {"L23E", "L5gate", "s", "each column to the gates of every row, head by head", true},
        {"L5apical", "L5match", "J_d", "each column to the apical dendrites of its row, dimension by dimension and sign by sign"},
        {"L23E", "L5match", "J_s", "each column to somata of every row, dimension by dimension and sign by sign"},
        {"L5match", "L5gate", "\u00b1 1/B_1", "bursts of the 4 d_head populations of a query and a key to their gate"},
        {"L5apical", "L5hidden", "\u03a9", "each column to the M cells of every gate of its row, head by head"},
        {"L23E", "L5hidden", "\u03a9", "each column to the M cells of its gate in every row, head by head"},
        {"L5hidden", "L5gate", "1/(M R)", "the M cells of a gate to it"},
        {"L5gate", "PV", "1", "the gates of a row to its PV, head by head"},
        {"PV", "L5gate", "exp(\u2212p)", "divides all gates of its row"},
        {"L5gate", "L5E", "v", "a gate passes the values of its column to the column of its row"},
        {"L4E", "L5E", "a", "through the gates", false, true},
        {"L23E", "L23phi", "\u03c6", "number to number"},
        {"L5apical", "L5phi", "\u03c6", "number to number"},
        {"L23phi", "L5fast", "1/(n R)", "a feature of all columns to its synapses, head by head"},
        {"L4E", "L5fast", "1", "a value of all columns to its synapses, as a trace, head by head"},
        {"L5phi", "L5E", "M", "each column through the fast weights, head by head"},
        {"L5fast_sum", "PV_dendrite", "\u03c6_i", "read by the features of the query of a row"},
        {"PV_dendrite", "PV", "1", "row by row"},
        {"PV", "L5E", "exp(\u2212p)", "divides what fast weights bring to the column of its row", false, false, true},
        {"L5E", "L6E", "W_O, b_O", "all to all within a column, across heads"},
        {"x", "L6E", "1", "unit to unit"},
        {"L6E", "L6I", "\u03bc, \u03bd", "all units of a column to its pool"},
        {"L6E", "L23mlp", "W_1, b_1", "all to all within a column"},
        {"L6E", "output", "1", "unit to unit"},
        {"L6E", "L23sum", "1", "unit to unit, normed"},
        {"L23mlp", "output", "W_2, b_2", "all to all within a column"},
        {"L23mlp", "L23sum", "W_2, b_2", "all to all within a column"},
        {"L23sum", "output", "1", "unit to unit, normed"},
        {"L4E", "interneurons", "1", "each rate, also x, c, L5E, L6E, L23mlp, to its own"},
        {"interneurons", "L5E", "\u2212\u03b2W", "wherever a weight reads their rates, also x, c, L4E, L6E, L23mlp"}};
    return table;
}

const InhibitionLaw& inhibition_law(const std::string& rule) {
    static const InhibitionLaw laws[] = {
        {"none", "\u03c4 da/dt = \u2212a + exp(s)", "no inhibition: the gates are not normalised"},
        {"pv_log", "\u03c8(A) = log((\u03b5 + A)/(\u03b5 + 1))", "p settles at the log of the sum of exp(s), and a at softmax(s)"},
        {"pv_linear", "\u03c8(A) = A \u2212 1", "the same fixed point as pv_log"},
        {"pv_finite", "\u03c4 dp/dt = \u03c8(A) \u2212 p/\u03ba; \u03a3a = Z^(1/(1 + \u03ba)), p = \u03ba/(1 + \u03ba) log Z", "ratios of weights are those of softmax"},
        {"pv_divisive", "\u03c4 da/dt = \u2212a + D\u207f/(\u03c3\u207f + P\u207f), \u03c4 dP/dt = \u2212P + \u03a3 D", "the power is taken after pooling"},
        {"oracle", "p = log \u03a3 exp(s)", "at every instant"}};
    for (const InhibitionLaw& law : laws)
        if (rule == law.rule) return law;
    return laws[0];
}

const Equation& score_equation(const std::string& mechanism) {
    static const std::pair<const char*, Equation> equations[] = {
        {"multiplicative", "s_ij = \u03bb(1 \u2212 r) q_i\u00b7k_j / \u221ad_head + m_ij"},
        {"additive_exponential", "D_ij = (1/M) \u03a3_m exp(\u03a9_m\u00b7(q_i + k_j) \u2212 (\u2016q_i\u2016\u00b2 + \u2016k_j\u2016\u00b2)/2)"},
        {"apical", "s_ij = \u03bb(1 \u2212 r) \u03a3_d [E(k_jd\u207a) \u2212 E(k_jd\u207b)] [P(q_id\u207a) \u2212 P(q_id\u207b)] / (E' P' J_s J_d \u221ad_head) + m_ij"},
        {"quarter_square", "s_ij = \u03bb(1 \u2212 r) \u03a3_d [S(q_id + k_jd) \u2212 S(q_id \u2212 k_jd)] / (4 \u221ad_head) + m_ij, S(x) = [x \u2212 \u03b8]\u208a\u00b2 + [\u2212x \u2212 \u03b8]\u208a\u00b2"},
        {"linear", "D_ij = \u03c6(\u03bb(1 \u2212 r) q_i)\u00b7\u03c6(k_j), \u03c6(x) = elu(x) + 1"}};
    for (const auto& [name, equation] : equations)
        if (mechanism == name) return equation;
    return equations[0].second;
}
// clang-format on

const char* const block_equation =
    "a = softmax(s), o_i = \u03a3_j a_ij v_j, y = x + W_O concat(o) + b_O, z = y + FFN(y)";
const char* const dale_input =
    "I\u207a = W\u207ar\u207a + W\u207br\u207b \u2212 \u03b2(W\u207au\u207b + W\u207bu\u207a)";
const char* const dale_rates = "\u03c4 dr\u00b1/dt = \u2212r\u00b1 + r_0 + [I\u00b1]\u208a";
const char* const cell_rates = "r* = r_0 + [\u00b1u]\u208a";
const char* const filtered_spikes = "\u03c4 dr/dt = \u2212r + spikes/(n R)";
const char* const gate_hazard = "R_g min(exp(s_ij \u2212 p_I), a_max)";
const char* const output_error = "\u2016z \u2212 z_ref\u2016 / \u2016z_ref\u2016";
const char* const attention_kl = "\u03a3 a_ref log\u2082(a_ref / \u00e3), \u00e3 = a / \u03a3a";
const char* const settled_when = "\u2016a \u2212 a_ref\u2016 / \u2016a_ref\u2016 \u2264 0.01";

const PopulationEquation* equation_of(const std::string& population) {
    const std::size_t n = population.size();
    if (n > 2 && population.compare(n - 2, 2, "_I") == 0) return equation_of("interneurons");
    const PopulationEquation* found = nullptr;
    for (const PopulationEquation& row : population_equations()) {
        const std::string name = row.name;
        const bool part = population.rfind(name + "_", 0) == 0;
        // L4I_x_mean is a part of L4I; PV_lag has a row of its own
        if (population == name || (part && !found)) found = &row;
    }
    return found;
}

namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)); }

/// Bytes of the UTF-8 character that begins here.
std::size_t length_at(const std::string& text, std::size_t at) {
    std::size_t end = at + 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
    return end - at;
}

std::string word_at(const std::string& text, std::size_t at) {
    std::size_t end = at;
    while (end < text.size() && is_word(text[end])) ++end;
    return text.substr(at, end - at);
}

struct Sign {
    const char *utf8, *tex;
};
const Sign signs[] = {{"\u03c4", "\\tau "},    {"\u03b2", "\\beta "},
                      {"\u03b3", "\\gamma "},  {"\u03bc", "\\mu "},
                      {"\u03bd", "\\nu "},     {"\u03c6", "\\varphi "},
                      {"\u03c8", "\\psi "},    {"\u03b5", "\\varepsilon "},
                      {"\u03ba", "\\kappa "},  {"\u03c3", "\\sigma "},
                      {"\u03bb", "\\lambda "}, {"\u03a3", "\\sum "},
                      {"\u00b7", "\\cdot "},   {"\u2264", "\\le "},
                      {"\u00b1", "^\\pm "},    {"\u2016", "\\|"},
                      {"\u2212", "-"},         {"\u00b2", "^2"},
                      {"\u207f", "^n"},        {"\u207a", "^+"},
                      {"\u207b", "^-"},        {"\u2082", "_2"},
                      {"\u208a", "_+"},        {"\u00e3", "\\tilde{a}"},
                      {"\u03c0", "\\pi "},     {"\u03b8", "\\theta "},
                      {"\u03a9", "\\Omega "}};

/// A name of several letters stands upright; a product of letters, as in "dq", does not.
std::string tex_word(const std::string& word) {
    for (const char* known : {"exp", "log", "min", "max", "tanh", "beta", "gamma", "epsilon",
                              "kappa", "lambda", "mu", "nu", "sigma", "tau", "phi", "psi", "Omega"})
        if (word == known) return "\\" + word + " ";
    const bool capitals = word.size() == 2 && std::isupper(static_cast<unsigned char>(word[0])) &&
                          std::isupper(static_cast<unsigned char>(word[1]));
    return word.size() > 2 || capitals ? "\\mathrm{" + word + "}" : word;
}

/// The characters from `at` on, up to the bracket that closes the one at `at`.
std::string bracket_at(const std::string& text, std::size_t at) {
    int depth = 0;
    for (std::size_t end = at; end < text.size(); ++end) {
        depth += text[end] == '(' ? 1 : text[end] == ')' ? -1 : 0;
        if (depth == 0) return text.substr(at + 1, end - at - 1);
    }
    return text.substr(at + 1);
}

} // namespace

std::string equation_html(const Equation& text) {
    std::string html;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '_') {
            html += text[i];
            continue;
        }
        const std::string word = word_at(text, i + 1);
        html += "<sub>" + word + "</sub>";
        i += word.size();
    }
    return html;
}

namespace {

std::string translated(const Equation& text) {
    const std::string root = "\u221a";
    std::string tex;
    bool under_root = false; // closes behind the next name and its subscript
    for (std::size_t i = 0; i < text.size();) {
        if (text[i] == '_') {
            const std::string word = word_at(text, i + 1);
            tex += "_{" + (word.size() > 2 ? tex_word(word) : word) + "}";
            i += 1 + word.size();
        } else if (text.compare(i, 2, "^(") == 0) {
            const std::string power = bracket_at(text, i + 1);
            tex += "^{" + translated(power) + "}";
            i += power.size() + 3;
        } else if (is_word(text[i])) {
            const std::string word = word_at(text, i);
            tex += tex_word(word);
            i += word.size();
        } else if (text.compare(i, root.size(), root) == 0) {
            tex += "\\sqrt{";
            under_root = true;
            i += root.size();
            continue;
        } else {
            const std::string one = text.substr(i, length_at(text, i));
            const char* known = nullptr;
            for (const Sign& sign : signs)
                if (one == sign.utf8) known = sign.tex;
            tex += known ? known : one == ";" ? ";\\quad " : one == "," ? ",\\; " : one;
            i += one.size();
        }
        if (under_root && (i == text.size() || text[i] != '_')) {
            tex += "}";
            under_root = false;
        }
    }
    return tex;
}

} // namespace

std::string equation_tex(const Equation& text) {
    // one blank is as good as two, and none stands before an index or a dollar sign
    std::string tex;
    for (const char c : translated(text)) {
        const bool after_blank = !tex.empty() && tex.back() == ' ';
        if (after_blank && (c == '_' || c == '^')) tex.pop_back();
        if (c != ' ' || !after_blank) tex += c;
    }
    while (!tex.empty() && tex.back() == ' ') tex.pop_back();
    return tex;
}

} // namespace lamina::analysis
