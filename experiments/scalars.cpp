#include "experiments/scalars.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>

#include "experiments/quantities.hpp"
#include "experiments/suggest.hpp"

namespace lamina {

std::string shortened(const std::string& word) {
    return word.size() <= 60 ? word : word.substr(0, 60) + "...";
}

namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }

std::string lower(std::string word) {
    for (char& c : word) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return word;
}

std::size_t count_digits(std::string_view word, std::size_t from) {
    std::size_t end = from;
    while (end < word.size() && digit(word[end])) ++end;
    return end - from;
}

/// Length of the number at the start of a word, 0 if there is none:
/// -?(0|[1-9][0-9]*)(.[0-9]+)?([eE][+-]?[0-9]+)?
std::size_t number_length(std::string_view word) {
    std::size_t i = !word.empty() && word[0] == '-' ? 1 : 0;
    const std::size_t whole = count_digits(word, i);
    if (whole == 0 || (whole > 1 && word[i] == '0')) return 0;
    i += whole;
    if (i < word.size() && word[i] == '.') {
        const std::size_t fraction = count_digits(word, i + 1);
        if (fraction == 0) return 0;
        i += 1 + fraction;
    }
    if (i < word.size() && (word[i] == 'e' || word[i] == 'E')) {
        const std::size_t sign = i + 1 < word.size() && (word[i + 1] == '+' || word[i + 1] == '-');
        const std::size_t power = count_digits(word, i + 1 + sign);
        if (power > 0) i += 1 + sign + power; // else the e begins a unit
    }
    return i;
}

bool is_number_text(std::string_view word) {
    return !word.empty() && number_length(word) == word.size();
}

bool is_zero(std::string_view number) {
    const std::string_view mantissa = number.substr(0, number.find_first_of("eE"));
    return mantissa.find_first_of("123456789") == std::string_view::npos;
}

bool is_boolean_of_yaml_1_1(const std::string& word) {
    static const std::vector<std::string> words = {"yes", "no", "on", "off", "y", "n"};
    return std::find(words.begin(), words.end(), lower(word)) != words.end();
}

bool is_nothing(const YamlNode& node) {
    return node.plain && (node.text.empty() || node.text == "~" || lower(node.text) == "null");
}

Misread nothing(const std::string& what) {
    return {"L0215", what + " has no value", "write a value behind the colon, or delete the key"};
}

/// A number in base 2, 8 or 16 as decimal text, "" if it is none.
std::string in_decimal(std::string_view digits, int base) {
    std::uint64_t value = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    return error == std::errc() && end == digits.data() + digits.size() && !digits.empty()
               ? std::to_string(value)
               : std::string();
}

/// Numbers that readers of YAML take differently, or that no calculation can use.
std::optional<Misread> odd_number(const std::string& what, const std::string& word) {
    const auto ambiguous = [&](const std::string& why, const std::string& write) {
        return Misread{"L0213",
                       fmt::format("{}: `{}` is ambiguous ({})", what, shortened(word), why),
                       write.empty() ? "write it as a plain decimal number" : "write " + write};
    };
    const std::size_t sign = !word.empty() && (word[0] == '-' || word[0] == '+') ? 1 : 0;
    const std::string minus = sign && word[0] == '-' ? "-" : "", body = word.substr(sign);
    const std::string small = lower(body);
    if (small == "nan" || small == ".nan" || small == "inf" || small == ".inf" ||
        small == "infinity")
        return Misread{"L0214", fmt::format("{}: `{}` is not a finite number", what, word),
                       "write a finite number; `lamina explain` gives the range"};
    if (body.empty() || !(digit(body[0]) || (body[0] == '.' && body.size() > 1 && digit(body[1]))))
        return std::nullopt;

    // other bases
    if (small.size() > 2 && small[0] == '0' &&
        std::string("xob").find(small[1]) != std::string::npos) {
        const int base = small[1] == 'x' ? 16 : small[1] == 'o' ? 8 : 2;
        const std::string decimal = in_decimal(std::string_view(small).substr(2), base);
        if (!decimal.empty())
            return ambiguous(fmt::format("{} to some readers, text to others", minus + decimal),
                             minus + decimal);
    }
    // leading zeros
    const std::size_t whole = count_digits(body, 0);
    if (whole > 1 && body[0] == '0') {
        const std::size_t first = std::min(body.find_first_not_of('0'), whole - 1);
        const std::string plain = minus + body.substr(first);
        if (is_number_text(plain)) {
            const std::string octal = in_decimal(body, 8);
            return ambiguous(octal.empty() ? plain + ", or text"
                                           : fmt::format("{} or octal {}", plain, minus + octal),
                             plain);
        }
    }
    // separators
    if (body.find_first_not_of("0123456789_.") == std::string::npos &&
        body.find('_') != std::string::npos) {
        std::string plain = minus + body;
        plain.erase(std::remove(plain.begin(), plain.end(), '_'), plain.end());
        return ambiguous("a number to some readers, text to others",
                         is_number_text(plain) ? plain : "");
    }
    if (body.find_first_not_of("0123456789:.") == std::string::npos &&
        body.find(':') != std::string::npos)
        return ambiguous("YAML 1.1 reads it in base 60", "");
    if (body.find_first_not_of("0123456789,") == std::string::npos &&
        body.find(',') != std::string::npos)
        return ambiguous("a decimal comma, or thousands", "");
    // a point without digits around it, a plus sign, a negative zero
    std::string plain = body[0] == '.' ? "0" + body : body;
    const std::size_t point = plain.find('.');
    if (point != std::string::npos && (point + 1 == plain.size() || !digit(plain[point + 1])))
        plain.insert(point + 1, "0");
    if (is_number_text(plain) && is_zero(plain)) {
        if (minus == "-") return ambiguous("zero has no sign", plain);
    }
    if (is_number_text(plain) && (plain != body || word[0] == '+'))
        return ambiguous("a number to some readers, text to others", minus + plain);
    return std::nullopt;
}

/// What stands in the way of reading any plain word as a number.
std::optional<Misread> not_a_number(const YamlNode& node, const std::string& what,
                                    const std::string& due) {
    const std::string& word = node.text;
    if (is_nothing(node)) return nothing(what);
    if (auto odd = odd_number(what, word)) return odd;
    if (!node.plain && is_number_text(word))
        return Misread{
            "L0210",
            fmt::format("{}: \"{}\" in quotes is text; {} is due", what, shortened(word), due),
            "remove the quotes: " + word};
    const std::size_t length = number_length(word);
    if (length == 0)
        return Misread{
            "L0210", fmt::format("{}: `{}` is not a number; {} is due", what, shortened(word), due),
            "write digits, for example 12"};
    std::string unit = word.substr(length);
    unit.erase(0, unit.find_first_not_of(' '));
    if (length < word.size())
        return Misread{"L0211",
                       fmt::format("{} has no unit; `{}` was given", what, shortened(word)),
                       "write " + word.substr(0, length)};
    return std::nullopt;
}

template <class Integer>
Read<Integer> read_whole_number(const YamlNode& node, const std::string& what,
                                const std::string& due) {
    if (auto trouble = not_a_number(node, what, due)) return *trouble;
    const std::string& word = node.text;
    Integer value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error == std::errc() && end == word.data() + word.size()) return value;
    if (error == std::errc::result_out_of_range)
        return Misread{
            "L0214", fmt::format("{} = {} is too large for a whole number", what, shortened(word)),
            "write a smaller number"};
    std::string help = "write digits only";
    double number = 0;
    std::from_chars(word.data(), word.data() + word.size(), number);
    const bool fits = number >= double(std::numeric_limits<Integer>::min());
    if (fits && number == std::floor(number) && std::abs(number) < 1e15)
        help = fmt::format("write {:.0f}", number);
    return Misread{"L0210", fmt::format("{} = {} is not {}", what, shortened(word), due), help};
}

} // namespace

Read<std::int64_t> read_integer(const YamlNode& node, const std::string& what) {
    return read_whole_number<std::int64_t>(node, what, "a whole number");
}

Read<std::uint64_t> read_natural(const YamlNode& node, const std::string& what) {
    return read_whole_number<std::uint64_t>(node, what, "a whole number >= 0");
}

Read<double> read_number(const YamlNode& node, const std::string& what) {
    if (auto trouble = not_a_number(node, what, "a number")) return *trouble;
    static const Unit one{"1", "number", 1, 0};
    try {
        return convert_decimal(node.text, one, one);
    } catch (const std::out_of_range&) {
        return Misread{
            "L0214",
            fmt::format("{} = {} is beyond the range of a double", what, shortened(node.text)),
            "write a number between 1e-300 and 1e300, or 0"};
    }
}

Read<double> read_quantity(const YamlNode& node, const std::string& what, const std::string& unit) {
    const Unit& due = *find_unit(unit);
    const std::string dimension = due.dimension, due_words = with_article(dimension);
    std::string unit_names;
    for (const std::string& name : units_of(dimension))
        unit_names += (unit_names.empty() ? "" : ", ") + name;
    const std::string& word = node.text;
    if (is_nothing(node)) return nothing(what);

    // number, blanks, unit
    const std::size_t blank = word.find(' ');
    const std::string first = word.substr(0, blank);
    if (auto odd = odd_number(what, first)) {
        if (blank != std::string::npos && odd->help.rfind("write it", 0) != 0 && odd->id == "L0213")
            odd->help += word.substr(blank);
        return *odd;
    }
    const std::size_t length = number_length(first);
    if (length == 0)
        return Misread{"L0210", fmt::format("{}: `{}` is not {}", what, shortened(word), due_words),
                       fmt::format("write a number and a unit, for example `10 {}`", unit)};
    const std::string number = word.substr(0, length);
    const std::size_t unit_begin = word.find_first_not_of(' ', length);
    if (unit_begin == std::string::npos)
        return Misread{"L0207",
                       fmt::format("{} = {} has no unit; {} is due", what, number, due_words),
                       fmt::format("write `{} {}` ({})", number, unit, unit_names)};
    const std::string written = word.substr(unit_begin);
    const Unit* from = find_unit(written);
    if (!from) {
        const std::string near = nearest_word(written, units_of(dimension));
        return Misread{"L0209", fmt::format("{}: unknown unit `{}`", what, shortened(written)),
                       near.empty() ? fmt::format("{} is due: {}", due_words, unit_names)
                                    : fmt::format("did you mean `{} {}`?", number, near)};
    }
    if (from->dimension != dimension)
        return Misread{"L0208",
                       fmt::format("{}: {} {} is {}; expected {}", what, number, from->name,
                                   with_article(from->dimension), due_words),
                       fmt::format("write {} ({})", due_words, unit_names)};
    if (unit_begin == length)
        return Misread{"L0207",
                       fmt::format("{}: no space between number and unit in `{}`", what, word),
                       fmt::format("write `{} {}`", number, written)};
    try {
        return convert_decimal(number, *from, due);
    } catch (const std::out_of_range&) {
        return Misread{
            "L0214", fmt::format("{} = {} is beyond the range of a double", what, shortened(word)),
            "write a number between 1e-300 and 1e300, or 0"};
    }
}

Read<bool> read_boolean(const YamlNode& node, const std::string& what) {
    if (is_nothing(node)) return nothing(what);
    if (node.plain && node.text == "true") return true;
    if (node.plain && node.text == "false") return false;
    const std::string word = lower(node.text);
    const bool yes = word == "yes" || word == "on" || word == "y" || word == "true" || word == "1";
    const bool no = word == "no" || word == "off" || word == "n" || word == "false" || word == "0";
    return Misread{"L0212",
                   fmt::format("{}: `{}` is not true or false", what, shortened(node.text)),
                   yes  ? "write true"
                   : no ? "write false"
                        : "write true or false"};
}

Read<std::string> read_text(const YamlNode& node, const std::string& what) {
    if (is_nothing(node)) return nothing(what);
    if (!node.plain) {
        if (node.text.empty()) return nothing(what);
        return node.text;
    }
    const std::string word = lower(node.text);
    const std::string quotes =
        fmt::format("for text, write \"{}\" in quotes", shortened(node.text));
    if (is_boolean_of_yaml_1_1(word) || word == "true" || word == "false")
        return Misread{
            "L0212",
            fmt::format("{}: `{}` is text here, but true or false to some readers of YAML", what,
                        node.text),
            quotes};
    if (is_number_text(node.text) || odd_number(what, node.text))
        return Misread{"L0213",
                       fmt::format("{}: `{}` is text here, but a number to readers of YAML", what,
                                   shortened(node.text)),
                       quotes};
    return node.text;
}

Read<std::string> read_choice(const YamlNode& node, const std::string& what,
                              const std::vector<std::string>& words) {
    if (is_nothing(node)) return nothing(what);
    if (std::find(words.begin(), words.end(), node.text) != words.end()) return node.text;
    if (node.plain && is_boolean_of_yaml_1_1(node.text))
        return Misread{
            "L0212",
            fmt::format("{}: `{}` is true or false to some readers of YAML", what, node.text),
            "write one of " + quoted_list(words)};
    const std::string near = nearest_word(node.text, words);
    return Misread{"L0205", fmt::format("{}: `{}` is not known", what, shortened(node.text)),
                   near.empty() ? "write " + quoted_list(words)
                                : fmt::format("did you mean `{}`? known: {}", near,
                                              quoted_list(words, "and"))};
}

} // namespace lamina
