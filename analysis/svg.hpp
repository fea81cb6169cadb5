/// The smallest pieces of an SVG drawing: numbers, text and colours, the same bytes for the same
/// input. What stands on a page is in plot.hpp.
#pragma once

#include <string>

namespace lamina::analysis {

/// Text made safe for element content and attributes of SVG and HTML. Control characters that XML
/// forbids, and bytes that are not UTF-8, become U+FFFD.
std::string escape(const std::string& text);

/// A coordinate in pixels, to a tenth, without trailing zeros ("-0" is "0").
std::string pixels(double value);

/// A number for a reader: `digits` significant digits, a true minus sign, powers of ten written out
/// ("1.2e-5" is 1.2 x 10^-5 with superscript digits); NaN is an en dash.
std::string readable(double value, int digits = 3);

/// "1 item", "2 items".
std::string counted(std::size_t n, const std::string& noun);

/// Estimated width in px of text of the given size, rather too wide than too narrow.
double text_width(const std::string& text, double size_px);

/// How a colour is chosen: one of eight categories, a step of an ordered ramp, or the ink itself.
/// The classes are filled in by the style sheet, which knows light, dark and print.
struct Colour {
    enum class Kind { category, ordinal, ink, muted } kind = Kind::category;
    int index = 0; ///< category 0..7, or position on the ramp
    int of = 1;    ///< ordinal: number of positions

    static Colour category(int index) { return {Kind::category, index, 1}; }
    static Colour ordinal(int index, int of) { return {Kind::ordinal, index, of}; }
    static Colour ink() { return {Kind::ink, 0, 1}; }
    static Colour muted() { return {Kind::muted, 0, 1}; }
    std::string stroke() const; ///< class name that sets the stroke
    std::string fill() const;   ///< class name that sets the fill
};

/// Colour maps of heat maps, the same in light and dark: lightness rises or falls monotonically.
enum class Ramp { sequential, diverging };

/// Colour of position u in [0, 1] as #rrggbb; NaN is a neutral grey.
std::string ramp_colour(Ramp ramp, double u);

/// True when white text reads better than black on that colour.
bool wants_white_text(Ramp ramp, double u);

/// The style sheet of every figure: light, dark (screen only) and print.
const std::string& figure_style();

} // namespace lamina::analysis
