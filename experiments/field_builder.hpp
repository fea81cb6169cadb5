/// The chain of calls that writes a row of the field table. Included by the files that have rows.
#pragma once

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "experiments/fields.hpp"

namespace lamina {

// a member of ExperimentSpec, for C++ has no pointer to a member of a member
#define AT(member)                                                                                 \
    [](ExperimentSpec & s) -> auto& { return s.member; }

/// Stands for a key that has one value in this version and no member.
template <class T> struct Constant { T value; };
template <class T> Constant<T> constant(T value) { return {std::move(value)}; }

// when a key does nothing
using Spec = ExperimentSpec;
inline std::string unless(bool used, const char* why) { return used ? "" : why; }

// where several files of rows point to
constexpr const char* section_5 = "docs/model.md, scores";

struct PrecisionMember {};
inline PrecisionMember precision_member() { return {}; }

class FieldTable {
  public:
    using SpecText = std::function<std::string(const ExperimentSpec&)>;

    FieldTable& add(const std::string& path) {
        rows_.emplace_back();
        row().path = path;
        return *this;
    }
    /// Rows of another file, in this place.
    FieldTable& append(std::vector<Field> others) {
        for (Field& other : others) rows_.push_back(std::move(other));
        return *this;
    }
    std::vector<Field> done() { return std::move(rows_); }

    // ---------------------------------------------------------------- what is written
    template <class Member> FieldTable& boolean(Member member) {
        return bind<bool>(FieldKind::boolean, member);
    }
    template <class Member> FieldTable& natural(Member member) {
        return bind<std::uint64_t>(FieldKind::natural, member);
    }
    template <class Member> FieldTable& number(Member member) {
        return bind<double>(FieldKind::number, member);
    }
    template <class Member> FieldTable& text(Member member) {
        return bind<std::string>(FieldKind::text, member);
    }
    template <class Member> FieldTable& name(Member member) {
        return bind<std::string>(FieldKind::name, member);
    }
    template <class Member> FieldTable& file(Member member) {
        return bind<std::string>(FieldKind::file, member);
    }
    template <class Member> FieldTable& integers(Member member) {
        return bind<std::vector<int>>(FieldKind::integers, member);
    }
    template <class Member> FieldTable& numbers(Member member) {
        return bind<std::vector<double>>(FieldKind::numbers, member);
    }
    template <class Member> FieldTable& integer(Member member) {
        return bind<std::int64_t>(FieldKind::integer, member);
    }
    template <class Member> FieldTable& quantity(const std::string& unit, Member member) {
        row().unit = unit;
        return bind<double>(FieldKind::quantity, member);
    }

    /// A text member holds the word; an enumeration or flag the position of the word in the list.
    template <class Member> FieldTable& choice(std::vector<Choice> choices, Member member) {
        row().choices = std::move(choices);
        if constexpr (std::is_same_v<Member, PrecisionMember>)
            return precision();
        else if constexpr (std::is_same_v<Member, Constant<std::string>>)
            return bind<std::string>(FieldKind::choice, member);
        else {
            using T = std::decay_t<decltype(member(std::declval<ExperimentSpec&>()))>;
            if constexpr (std::is_same_v<T, std::string>)
                return bind<T>(FieldKind::choice, member);
            else
                return position_of_word<T>(member);
        }
    }

    FieldTable& special(FieldKind kind) {
        row().kind = kind;
        return *this;
    }
    FieldTable& none() { return special(FieldKind::none); }

    // keys without a member: rows of a circuit's tables
    FieldTable& quantity(const std::string& unit) {
        row().unit = unit;
        return special(FieldKind::quantity);
    }
    FieldTable& choice(std::vector<Choice> choices) {
        row().choices = std::move(choices);
        return special(FieldKind::choice);
    }

    /// memory.diffusion: an angular variance for ring stimuli, a rate for vectors.
    FieldTable& diffusion() {
        Field& field = row();
        field.kind = FieldKind::quantity;
        field.unit = "deg2/s";
        field.unit_due = [](const ExperimentSpec& s) {
            return std::string(s.task.stimuli.kind == "ring" ? "deg2/s" : "1/s");
        };
        field.get = [](const ExperimentSpec& s) {
            return FieldValue(s.task.stimuli.kind == "ring" ? s.memory.diffusion_deg2_per_s
                                                            : s.memory.diffusion_per_s);
        };
        field.set = [](ExperimentSpec& s, const FieldValue& value) {
            (s.task.stimuli.kind == "ring" ? s.memory.diffusion_deg2_per_s
                                           : s.memory.diffusion_per_s) = std::get<double>(value);
        };
        return *this;
    }

    /// The keys of one imposed rhythm.
    template <class Rhythm>
    FieldTable& rhythm(const std::string& name, Rhythm rhythm, const char* symbol,
                       const char* frequency, SpecText idle, const char* source) {
        const std::string path = "oscillation." + name + ".";
        const auto windowed = [rhythm, idle](const ExperimentSpec& s) {
            if (!idle(s).empty()) return idle(s);
            return std::string(
                rhythm(const_cast<ExperimentSpec&>(s)).window ? "" : "the shape is a sinusoid");
        };
        return add(path + "shape")
            .choice(
                {{"sinusoid", "1 + depth cos(2 pi f t + phase)"},
                 {"window", "1 during the first `duty` of each cycle, 1 - depth else"}},
                [rhythm](ExperimentSpec & s) -> auto& { return rhythm(s).window; })
            .means("form of G(t)")
            .symbol(symbol)
            .from(source)
            .idle_if(idle)
            .add(path + "frequency")
            .quantity(
                "Hz", [rhythm](ExperimentSpec & s) -> auto& { return rhythm(s).frequency_Hz; })
            .within_open(0, 1000)
            .symbol("f")
            .means("cycles per second")
            .like(frequency)
            .from(source)
            .idle_if(idle)
            .add(path + "depth")
            .number([rhythm](ExperimentSpec & s) -> auto& { return rhythm(s).depth; })
            .within(0, 1)
            .symbol("A")
            .means("how deep the rhythm cuts; 0 for a rhythm that is not written")
            .like("0.5")
            .from(source)
            .idle_if(idle)
            .add(path + "phase")
            .quantity(
                "rad", [rhythm](ExperimentSpec & s) -> auto& { return rhythm(s).phase_rad; })
            .within(-100, 100)
            .symbol("phi")
            .means("phase at the start of a trial")
            .like("90 deg")
            .from(source)
            .idle_if(idle)
            .add(path + "duty")
            .number([rhythm](ExperimentSpec & s) -> auto& { return rhythm(s).duty; })
            .within_open(0, 1)
            .means("share of the cycle in which a window is open")
            .like("0.5")
            .from(source)
            .idle_if(windowed)
            .add(path + "jitter")
            .quantity(
                "rad", [rhythm](ExperimentSpec & s) -> auto& { return rhythm(s).jitter_rad; })
            .within(0, 100)
            .means("standard deviation of an independent phase error of each cycle")
            .like("10 deg")
            .from(source)
            .idle_if(idle);
    }

    // ---------------------------------------------------------------- what may be written
    FieldTable& within(double low, double high) { return range({low, high, false, false}); }
    FieldTable& within_open(double low, double high) { return range({low, high, true, true}); }
    FieldTable& above(double low) { return range({low, 1e12, true, false}); }
    FieldTable& at_least(double low) { return range({low, 1e12, false, false}); }
    FieldTable& zero(const std::string& word) {
        row().zero_word = word;
        return *this;
    }
    FieldTable& otherwise(const std::string& standard) {
        row().standard = standard;
        return *this;
    }
    FieldTable& must() {
        row().required = true;
        return *this;
    }

    // ---------------------------------------------------------------- what it means
    FieldTable& means(const std::string& meaning) {
        row().meaning = meaning;
        return *this;
    }
    FieldTable& symbol(const std::string& symbol) {
        row().symbol = symbol;
        return *this;
    }
    FieldTable& from(const std::string& source) {
        row().source = source;
        return *this;
    }
    FieldTable& like(const std::string& example) {
        row().example = example;
        return *this;
    }
    FieldTable& idle_if(SpecText idle) {
        row().idle = std::move(idle);
        return *this;
    }

  private:
    Field& row() { return rows_.back(); }
    FieldTable& range(Range range) {
        row().range = range;
        return *this;
    }

    /// Getter and setter of a member, or of a constant.
    template <class T, class Member> FieldTable& bind(FieldKind kind, Member member) {
        Field& field = row();
        field.kind = kind;
        if constexpr (std::is_same_v<Member, Constant<T>>) {
            field.get = [member](const ExperimentSpec&) { return FieldValue(member.value); };
            field.set = [](ExperimentSpec&, const FieldValue&) {};
        } else {
            field.get = [member](const ExperimentSpec& s) {
                return FieldValue(static_cast<T>(member(const_cast<ExperimentSpec&>(s))));
            };
            field.set = [member](ExperimentSpec& s, const FieldValue& value) {
                auto& target = member(s);
                target = static_cast<std::decay_t<decltype(target)>>(std::get<T>(value));
            };
        }
        return *this;
    }

    template <class T, class Member> FieldTable& position_of_word(Member member) {
        Field& field = row();
        field.kind = FieldKind::choice;
        const std::vector<Choice> choices = field.choices;
        field.get = [member, choices](const ExperimentSpec& s) {
            return FieldValue(
                choices.at(static_cast<std::size_t>(member(const_cast<ExperimentSpec&>(s)))).name);
        };
        field.set = [member, choices](ExperimentSpec& s, const FieldValue& value) {
            for (std::size_t i = 0; i < choices.size(); ++i)
                if (choices[i].name == std::get<std::string>(value)) member(s) = static_cast<T>(i);
        };
        return *this;
    }

    /// simulation.precision: `default` is float64 for rates and float32 for spikes.
    FieldTable& precision() {
        Field& field = row();
        field.kind = FieldKind::choice;
        field.get = [](const ExperimentSpec& s) { return FieldValue(s.precision); };
        field.set = [](ExperimentSpec& s, const FieldValue& value) {
            s.precision = std::get<std::string>(value);
            s.area.precision = s.precision == "float32" ? Precision::float32 : Precision::float64;
        };
        return *this;
    }

    std::vector<Field> rows_;
};

} // namespace lamina
