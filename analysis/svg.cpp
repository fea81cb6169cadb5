#include "analysis/svg.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include <fmt/format.h>

namespace lamina::analysis {
namespace {

/// Length of the well-formed UTF-8 sequence that starts at `at`, 0 when it is malformed.
std::size_t utf8_length(const std::string& text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(at);
    const std::size_t length = lead < 0x80                   ? 1
                               : lead >= 0xC2 && lead < 0xE0 ? 2
                               : lead >= 0xE0 && lead < 0xF0 ? 3
                               : lead >= 0xF0 && lead < 0xF5 ? 4
                                                             : 0;
    if (length == 0 || at + length > text.size()) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((byte(at + i) & 0xC0) != 0x80) return 0;
    // overlong forms, surrogates, beyond U+10FFFF, and the two that XML forbids
    if (length == 3 && lead == 0xE0 && byte(at + 1) < 0xA0) return 0;
    if (length == 3 && lead == 0xED && byte(at + 1) >= 0xA0) return 0;
    if (length == 3 && lead == 0xEF && byte(at + 1) == 0xBF && byte(at + 2) >= 0xBE) return 0;
    if (length == 4 && lead == 0xF0 && byte(at + 1) < 0x90) return 0;
    if (length == 4 && lead == 0xF4 && byte(at + 1) >= 0x90) return 0;
    return length;
}

/// Whole number with superscript digits.
std::string superscript(int value) {
    static const std::array<const char*, 10> digits = {"\u2070", "\u00b9", "\u00b2", "\u00b3",
                                                       "\u2074", "\u2075", "\u2076", "\u2077",
                                                       "\u2078", "\u2079"};
    std::string text = value < 0 ? "\u207b" : "";
    for (const char c : std::to_string(std::abs(value)))
        text += digits[static_cast<size_t>(c - '0')];
    return text;
}

struct Rgb {
    double r, g, b;
};

// sand, water, deep blue: lightness falls from 95 to 20
constexpr std::array<Rgb, 6> sequential_stops = {{{246, 243, 234},
                                                  {190, 218, 205},
                                                  {112, 178, 183},
                                                  {52, 129, 163},
                                                  {35, 79, 134},
                                                  {26, 33, 84}}};
// blue, near white, red-brown: lightness is symmetric about the middle
constexpr std::array<Rgb, 7> diverging_stops = {{{20, 63, 122},
                                                 {66, 130, 182},
                                                 {168, 203, 222},
                                                 {245, 243, 239},
                                                 {238, 188, 152},
                                                 {206, 106, 62},
                                                 {128, 42, 22}}};

template <std::size_t n> Rgb along(const std::array<Rgb, n>& stops, double u) {
    const double position = std::clamp(u, 0.0, 1.0) * static_cast<double>(n - 1);
    const auto under = std::min(static_cast<std::size_t>(position), n - 2);
    const double t = position - static_cast<double>(under);
    const Rgb &a = stops[under], &b = stops[under + 1];
    return {a.r + t * (b.r - a.r), a.g + t * (b.g - a.g), a.b + t * (b.b - a.b)};
}

Rgb colour_at(Ramp ramp, double u) {
    if (std::isnan(u)) return {150, 150, 150};
    return ramp == Ramp::sequential ? along(sequential_stops, u) : along(diverging_stops, u);
}

} // namespace

std::string escape(const std::string& text) {
    std::string safe;
    safe.reserve(text.size() + text.size() / 8);
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = utf8_length(text, at);
        const char c = text[at];
        const bool forbidden =
            length == 1 && static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t';
        if (length == 0 || forbidden || c == '\x7f')
            safe += "\ufffd";
        else if (c == '&')
            safe += "&amp;";
        else if (c == '<')
            safe += "&lt;";
        else if (c == '>')
            safe += "&gt;";
        else if (c == '"')
            safe += "&quot;";
        else if (c == '\'')
            safe += "&#39;";
        else
            safe.append(text, at, length);
        at += std::max<std::size_t>(length, 1);
    }
    return safe;
}

std::string pixels(double value) {
    if (!std::isfinite(value)) return "0";
    std::string text = fmt::format("{:.1f}", value);
    if (text.size() > 2 && text.compare(text.size() - 2, 2, ".0") == 0)
        text.resize(text.size() - 2);
    return text == "-0" ? "0" : text;
}

std::string counted(std::size_t n, const std::string& noun) {
    return fmt::format("{} {}{}", n, noun, n == 1 ? "" : "s");
}

std::string readable(double value, int digits) {
    if (std::isnan(value)) return "\u2013";
    if (std::isinf(value)) return value > 0 ? "\u221e" : "\u2212\u221e";
    if (value == 0) return "0";
    const int power = static_cast<int>(std::floor(std::log10(std::fabs(value))));
    std::string text;
    if (power < -3 || power > 5) {
        const std::string scientific = fmt::format("{:.{}e}", value, std::max(0, digits - 1));
        const std::size_t e = scientific.find('e');
        text = scientific.substr(0, e) + "\u202f\u00d7\u202f10" +
               superscript(std::stoi(scientific.substr(e + 1)));
    } else {
        text = fmt::format("{:.{}f}", value, std::max(0, digits - 1 - power));
    }
    if (text[0] == '-') text.replace(0, 1, "\u2212");
    return text;
}

double text_width(const std::string& text, double size_px) {
    // advance widths by class, in units of the size, of the widest of the faces that the style
    // sheet may end up with (DejaVu Sans): too much room is better than words that touch
    double width = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = std::max<std::size_t>(1, utf8_length(text, at));
        const char c = text[at];
        if (length > 1)
            width += 0.66;
        else if (std::string("ijl.,:;'|! ").find(c) != std::string::npos)
            width += 0.33;
        else if (std::string("ftr()[]-/I").find(c) != std::string::npos)
            width += 0.41;
        else if (std::string("mwMW%@").find(c) != std::string::npos)
            width += 0.93;
        else if (c >= 'A' && c <= 'Z')
            width += 0.7;
        else
            width += 0.63;
        at += length;
    }
    return width * size_px;
}

std::string Colour::stroke() const {
    if (kind == Kind::ink) return "sk";
    if (kind == Kind::muted) return "sm";
    if (kind == Kind::category) return fmt::format("s{}", index % 8);
    return fmt::format("so{}", of <= 1 ? 4 : (index * 7 + (of - 1) / 2) / (of - 1));
}

std::string Colour::fill() const {
    std::string name = stroke();
    name[0] = 'f';
    return name;
}

std::string ramp_colour(Ramp ramp, double u) {
    const Rgb c = colour_at(ramp, u);
    return fmt::format("#{:02x}{:02x}{:02x}", static_cast<int>(std::lround(c.r)),
                       static_cast<int>(std::lround(c.g)), static_cast<int>(std::lround(c.b)));
}

bool wants_white_text(Ramp ramp, double u) {
    const Rgb c = colour_at(ramp, u);
    return 0.299 * c.r + 0.587 * c.g + 0.114 * c.b < 140; // perceived brightness, Rec. 601
}

const std::string& figure_style() {
    static const std::string style = [] {
        // eight categories that stay apart for the three common colour deficiencies, and an ordered
        // ramp; each for white paper and for a dark screen
        const std::array<const char*, 8> light = {"#0b62a4", "#d05a00", "#007d5f", "#a14a8c",
                                                  "#9a6b00", "#4f93cf", "#6b6b6b", "#1c1e21"};
        const std::array<const char*, 8> dark = {"#6db1ff", "#ff9447", "#4fc9a2", "#df93cc",
                                                 "#e3b341", "#a9cdef", "#a3a8ae", "#e9eaec"};
        const std::array<const char*, 8> ordinal_light = {
            "#7cbca6", "#58a8a6", "#3d93a5", "#2f7ca1", "#2d6498", "#324c88", "#363574", "#331f5c"};
        const std::array<const char*, 8> ordinal_dark = {
            "#4b7fa3", "#4f95ae", "#58aab3", "#6bbdb1", "#88cfae", "#abdfad", "#d0edb3", "#f3f7c4"};
        const auto colours = [](const auto& category, const auto& ordinal, const char* ink,
                                const char* muted, const char* paper, const char* grid) {
            std::string css;
            for (std::size_t i = 0; i < 8; ++i)
                css += fmt::format(".lf .s{0}{{stroke:{1}}}.lf .f{0}{{fill:{1}}}"
                                   ".lf .so{0}{{stroke:{2}}}.lf .fo{0}{{fill:{2}}}\n",
                                   i, category[i], ordinal[i]);
            css += fmt::format(".lf .sk{{stroke:{0}}}.lf .fk,.lf text{{fill:{0}}}"
                               ".lf .sm{{stroke:{1}}}.lf .fm,.lf text.m{{fill:{1}}}\n"
                               ".lf .pp{{fill:{2}}}.lf .gr{{stroke:{3}}}.lf .na{{fill:{3}}}\n",
                               ink, muted, paper, grid);
            return css;
        };
        return ".lf text{font-family:'Helvetica Neue',Helvetica,Arial,'Liberation Sans',sans-serif;"
               "font-size:11.5px}.lf text.t{font-size:11px}.lf text.b{font-weight:600}"
               ".lf text.w{fill:#fff}.lf text.d{fill:#14161a}\n"
               ".lf .ln{fill:none;stroke-width:1.7;stroke-linejoin:round;stroke-linecap:round}"
               ".lf .bd{stroke:none;opacity:.2}.lf .ax{fill:none;stroke-width:1}"
               ".lf .gr{stroke-width:.7}.lf .e1{opacity:.06}.lf .e2{opacity:.11}"
               ".lf .wh{fill:none;stroke-width:1.3}.lf .mk{stroke-width:1.5}"
               ".lf .bt{stroke-linecap:butt}\n" +
               colours(light, ordinal_light, "#1c1e21", "#5d646d", "#ffffff", "#e4e6ea") +
               "@media screen and (prefers-color-scheme:dark){\n" +
               colours(dark, ordinal_dark, "#e9eaec", "#a3a8ae", "#15171b", "#30343b") +
               ".lf .e1{opacity:.09}.lf .e2{opacity:.15}.lf .bd{opacity:.26}"
               ".lf text.w{fill:#fff}.lf text.d{fill:#14161a}}\n";
    }();
    return style;
}

} // namespace lamina::analysis
