#include "experiments/yaml_events.hpp"

#include <yaml.h>

#include <algorithm>
#include <new>
#include <utility>

namespace lamina {
namespace {

/// What the parser says, in words that lead somewhere.
struct Saying {
    const char* context; ///< part of libyaml's context, or nullptr
    const char* problem; ///< part of libyaml's problem
    const char* why;
    const char* help;
};
constexpr Saying sayings[] = {
    {"quoted scalar", "unexpected end of stream", "the quote that begins here is never closed",
     "close it with the same kind of quote"},
    {"quoted scalar", "unexpected document indicator", "the quote that begins here is never closed",
     "close it with the same kind of quote"},
    {"quoted scalar", "escape", "an unknown escape after \\ in double quotes",
     "write \\\\ for a backslash, or use single quotes"},
    {"simple key", "could not find expected ':'", "a key without a colon",
     "write `key: value`, with a space behind the colon"},
    {nullptr, "mapping values are not allowed", "a second `: ` within one value",
     "put text that holds a colon in quotes, or begin a new line for the next key"},
    {nullptr, "cannot start any token", "this character cannot begin a value",
     "indent with spaces, not tabs; put text that begins with @, ` or % in quotes"},
    {"flow sequence", "did not find expected ','",
     "a list in [ ] that is not closed or lacks a comma",
     "separate the values with commas and close the list with ]"},
    {"flow mapping", "did not find expected ','",
     "a map in { } that is not closed or lacks a comma",
     "separate `key: value` pairs with commas and close the map with }"},
    {"block mapping", "did not find expected key",
     "a line that does not fit the indentation above it",
     "keys of one group begin in the same column; put text with quotes or brackets in quotes"},
    {"block collection", "did not find expected '-'", "a line that does not fit the list above it",
     "begin each item of the list with `- ` in the same column"},
    {nullptr, "block sequence entries are not allowed", "a list item `- ` where none can stand",
     "begin the list on a new line below its key"},
    {nullptr, "did not find expected <document start>", "text behind the end of the document",
     "an experiment file is one map of keys; check the brackets above"},
    {nullptr, "did not find expected node content", "a value is missing here", "write a value"},
    {nullptr, "found character that", "a tab or another character that cannot stand here",
     "indent with spaces"},
};

Mark mark_of(const yaml_mark_t& at, const Mark& begin) {
    Mark mark;
    mark.line = static_cast<int>(at.line) + begin.line;
    mark.column = static_cast<int>(at.column) + (at.line == 0 ? begin.column : 1);
    return mark;
}

[[noreturn]] void fail(const yaml_parser_t& parser, const Mark& begin, int n_lines) {
    if (parser.error == YAML_MEMORY_ERROR) throw std::bad_alloc();
    const std::string context = parser.context ? parser.context : "";
    const std::string problem = parser.problem ? parser.problem : "";
    const Mark opening = mark_of(parser.context_mark, begin);
    Mark at = mark_of(parser.problem_mark, begin);
    // a quote, key or bracket that never ends is shown where it begins
    const bool in_word = context.find("while scanning") == 0;
    const bool at_end = at.line > n_lines && !context.empty();
    if (in_word || at_end) at = opening;

    for (const Saying& saying : sayings) {
        if (saying.context && context.find(saying.context) == std::string::npos) continue;
        if (problem.find(saying.problem) == std::string::npos) continue;
        std::string why = saying.why;
        if (context.find("while parsing a flow") == 0 && !at_end)
            why += " (it begins at " + std::to_string(opening.line) + ":" +
                   std::to_string(opening.column) + ")";
        throw YamlSyntaxError(why, at, saying.help);
    }
    throw YamlSyntaxError("the parser says: " + context + (context.empty() ? "" : ", ") + problem,
                          at, "see yaml.org/spec for the syntax");
}

std::string string_of(const yaml_char_t* text) {
    return text ? std::string(reinterpret_cast<const char*>(text)) : std::string();
}

} // namespace

struct YamlEvents::Parser {
    yaml_parser_t yaml{};
    Mark begin{1, 1, 1}; ///< where the text begins within its source
    int n_lines = 0;
    Mark last{1, 1, 1}; ///< of the event before
};

YamlEvents::YamlEvents(const Source& source) : parser_(std::make_unique<Parser>()) {
    if (!yaml_parser_initialize(&parser_->yaml)) throw std::bad_alloc();
    yaml_parser_set_encoding(&parser_->yaml, YAML_UTF8_ENCODING);
    // libyaml takes a byte order mark for text
    std::size_t first = source.first_byte;
    if (source.text.compare(first, 3, "\xEF\xBB\xBF") == 0) first += 3;
    yaml_parser_set_input_string(&parser_->yaml,
                                 reinterpret_cast<const unsigned char*>(source.text.data()) + first,
                                 source.text.size() - first);
    parser_->n_lines =
        1 + static_cast<int>(std::count(source.text.begin(), source.text.end(), '\n'));
    if (!source.text.empty() && source.text.back() == '\n') --parser_->n_lines;
    // an override's YAML begins behind its equals sign
    for (std::size_t i = 0; i < first; ++i)
        if ((static_cast<unsigned char>(source.text[i]) & 0xC0) != 0x80) ++parser_->begin.column;
}

YamlEvents::~YamlEvents() { yaml_parser_delete(&parser_->yaml); }

YamlEvent YamlEvents::next() {
    struct Owned {
        yaml_event_t event{};
        ~Owned() { yaml_event_delete(&event); }
    } owned;
    for (;;) {
        if (!yaml_parser_parse(&parser_->yaml, &owned.event))
            fail(parser_->yaml, parser_->begin, parser_->n_lines);
        if (owned.event.type != YAML_STREAM_START_EVENT) break;
        yaml_event_delete(&owned.event);
    }

    const yaml_event_t& from = owned.event;
    YamlEvent event;
    event.mark = mark_of(from.start_mark, parser_->begin);
    switch (from.type) {
    case YAML_DOCUMENT_START_EVENT:
        event.kind = YamlEvent::Kind::document_start;
        event.directive = from.data.document_start.version_directive ||
                          from.data.document_start.tag_directives.start !=
                              from.data.document_start.tag_directives.end;
        break;
    case YAML_DOCUMENT_END_EVENT:
        event.kind = YamlEvent::Kind::document_end;
        break;
    case YAML_MAPPING_START_EVENT:
        event.kind = YamlEvent::Kind::map_start;
        event.anchor = string_of(from.data.mapping_start.anchor);
        event.tag = string_of(from.data.mapping_start.tag);
        break;
    case YAML_MAPPING_END_EVENT:
        event.kind = YamlEvent::Kind::map_end;
        break;
    case YAML_SEQUENCE_START_EVENT:
        event.kind = YamlEvent::Kind::list_start;
        event.anchor = string_of(from.data.sequence_start.anchor);
        event.tag = string_of(from.data.sequence_start.tag);
        break;
    case YAML_SEQUENCE_END_EVENT:
        event.kind = YamlEvent::Kind::list_end;
        break;
    case YAML_ALIAS_EVENT:
        event.kind = YamlEvent::Kind::alias;
        event.text = string_of(from.data.alias.anchor);
        break;
    case YAML_SCALAR_EVENT:
        event.kind = YamlEvent::Kind::scalar;
        event.text.assign(reinterpret_cast<const char*>(from.data.scalar.value),
                          from.data.scalar.length);
        event.anchor = string_of(from.data.scalar.anchor);
        event.tag = string_of(from.data.scalar.tag);
        event.plain = from.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
        break;
    default:
        event.kind = YamlEvent::Kind::stream_end;
        break;
    }
    // libyaml puts what ends with the file on a line below it
    if (event.mark.line > parser_->n_lines) event.mark = parser_->last;
    // the caret underlines what stands on one line
    if (from.end_mark.line == from.start_mark.line && from.end_mark.column > from.start_mark.column)
        event.mark.width = static_cast<int>(from.end_mark.column - from.start_mark.column);
    parser_->last = event.mark;
    return event;
}

} // namespace lamina
