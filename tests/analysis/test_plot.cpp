#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <string>

#include "analysis/plot.hpp"
#include "analysis/plot_layout.hpp"

using namespace lamina::analysis;

namespace {

Figure two_panels() {
    Figure figure;
    figure.title = "a < b";
    figure.description = "rises & falls";
    figure.columns = 2;
    Panel left;
    left.title = "left";
    left.x.label = "time (ms)";
    left.y.label = "rate";
    Line line;
    line.label = "one";
    for (int i = 0; i < 50; ++i) {
        line.x.push_back(i);
        line.y.push_back(i == 20 ? std::nan("") : std::sin(0.2 * i));
        line.low.push_back(line.y.back() - 0.1);
        line.high.push_back(line.y.back() + 0.1);
    }
    left.lines.push_back(line);
    left.spans = {{0, 10, "sample", 1}, {10, 49, "delay", 0}};
    Panel right;
    right.title = "right";
    right.x.categories = {"a", "b"};
    right.y.categories = {"c", "d"};
    Heat heat;
    heat.rows = heat.columns = 2;
    heat.values = {0, 0.5, 1, std::nan("")};
    right.heats.push_back(heat);
    figure.panels = {left, right};
    return figure;
}

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t n = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
        ++n;
    return n;
}

} // namespace

TEST_CASE("a heat map of equal values, or of a logarithm of nothing, is drawn") {
    for (const bool log : {false, true})
        for (const double low : {0.0, 1e-17, 0.3}) {
            Figure figure;
            Panel panel;
            Heat heat;
            heat.rows = 1;
            heat.columns = 3;
            heat.values = {low, 0, -1};
            heat.low = heat.high = low;
            heat.log = log;
            heat.numbers = true;
            panel.heats.push_back(heat);
            figure.panels = {panel};
            const std::string svg = draw(figure, "id", true);
            INFO(svg);
            CHECK(svg.find("nan") == std::string::npos);
            CHECK(svg.find("inf") == std::string::npos);
        }
}

TEST_CASE("ticks are round numbers inside the range, with the decimals they need") {
    const auto labels = [](const std::vector<Tick>& ticks) {
        std::string text;
        for (const Tick& tick : ticks) text += tick.label + " ";
        return text;
    };
    CHECK(labels(linear_ticks(0, 1, 5)) == "0.0 0.2 0.4 0.6 0.8 1.0 ");
    CHECK(labels(linear_ticks(-3, 2, 5)) == "\u22123 \u22122 \u22121 0 1 2 ");
    CHECK(labels(linear_ticks(0, 1, 4)) == "0.00 0.25 0.50 0.75 1.00 ");
    CHECK(labels(linear_ticks(0, 3200, 6)) == "0 1000 2000 3000 ");
    CHECK(labels(log_ticks(1e-6, 1, 3)) == "1e-6 1e-3 1e0 ");
    CHECK(labels(log_ticks(2, 30, 5)) == "2 5 10 20 ");
    CHECK(linear_ticks(1, 1, 5).empty());
    CHECK(linear_ticks(0, std::numeric_limits<double>::infinity(), 5).empty());
}

TEST_CASE("escape leaves nothing that could be markup, and repairs what is not UTF-8") {
    CHECK(escape("<script>\"'&") == "&lt;script&gt;&quot;&#39;&amp;");
    CHECK(escape("\u03c4 = 5 ms") == "\u03c4 = 5 ms");
    CHECK(escape(std::string("a\x01"
                             "b\xff",
                             4)) == "a\ufffdb\ufffd");
    CHECK(escape("\xc0\xaf") == "\ufffd\ufffd");           // an overlong slash
    CHECK(escape("\xed\xa0\x80") == "\ufffd\ufffd\ufffd"); // a lone surrogate
}

TEST_CASE("numbers for readers keep their significant digits") {
    CHECK(readable(0.12345) == "0.123");
    CHECK(readable(-63.04, 3) == "\u221263.0");
    CHECK(readable(1.25e-5, 3) == "1.25\u202f\u00d7\u202f10\u207b\u2075");
    CHECK(readable(std::nan("")) == "\u2013");
    CHECK(pixels(-0.01) == "0");
    CHECK(pixels(12.34) == "12.3");
}

TEST_CASE("a figure is the same bytes twice, and carries its title and description") {
    const std::string one = draw(two_panels(), "f1", true), two = draw(two_panels(), "f1", true);
    CHECK(one == two);
    CHECK(one.find("<title id=\"f1-t\">a &lt; b</title>") != std::string::npos);
    CHECK(one.find("<desc id=\"f1-d\">rises &amp; falls</desc>") != std::string::npos);
    CHECK(one.find("nan") == std::string::npos);
    // inline: no XML header, no style of its own
    const std::string part = draw(two_panels(), "f1", false);
    CHECK(part.find("<?xml") == std::string::npos);
    CHECK(part.find("<style>") == std::string::npos);
}

TEST_CASE("a missing value breaks a line instead of bridging it") {
    const std::string svg = draw(two_panels(), "f1", false);
    const std::size_t at = svg.find("class=\"ln s0\"");
    REQUIRE(at != std::string::npos);
    const std::size_t from = svg.rfind("<path", at);
    CHECK(count(svg.substr(from, at - from), "M") == 2);
}

TEST_CASE("heat maps: the first row is at the top, NaN is an empty cell") {
    const Figure figure = two_panels();
    const Layout layout = lay_out(figure);
    const PlacedPanel& placed = layout.panels[1];
    CHECK(placed.y(0) < placed.y(1));
    CHECK(placed.y(-0.5) == placed.top);
    const std::string svg = draw(figure, "f1", false);
    CHECK(svg.find("class=\"na\"") != std::string::npos);
    // lightness falls along the sequential ramp, so that it reads in grey print
    CHECK(!wants_white_text(Ramp::sequential, 0));
    CHECK(wants_white_text(Ramp::sequential, 1));
}

TEST_CASE("legends have their own rows above the plot and stay inside the figure") {
    Figure figure;
    Panel panel;
    for (int i = 0; i < 14; ++i) {
        Line line;
        line.label = "a rather long name of a line, number " + std::to_string(i);
        line.x = {0, 1};
        line.y = {0, 1};
        panel.lines.push_back(line);
    }
    figure.panels.push_back(panel);
    const Layout layout = lay_out(figure);
    const PlacedPanel& placed = layout.panels[0];
    REQUIRE(placed.legend.size() == 14);
    for (const LegendItem& item : placed.legend) {
        CHECK(item.y_px < placed.top - 3);
        CHECK(item.x_px + legend_sign_px + 5 + text_width(item.label, label_size_px) <
              layout.width);
    }
}
