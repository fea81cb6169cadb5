/// The syntax of YAML, as a stream of events with places: the only file of Lamina that knows
/// libyaml. What the text means, and what of YAML is refused, is decided in yaml_tree.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>

#include "experiments/problems.hpp"

namespace lamina {

struct YamlEvent {
    enum class Kind {
        document_start,
        document_end,
        map_start,
        map_end,
        list_start,
        list_end,
        scalar,
        alias,
        stream_end
    };
    Kind kind = Kind::stream_end;
    std::string text;       ///< scalar: its value; alias: the anchor's name
    std::string anchor;     ///< of a scalar, list or map; may be empty
    std::string tag;        ///< written explicitly; may be empty
    bool plain = true;      ///< scalar: without quotes and not a block
    bool directive = false; ///< document_start: %YAML or %TAG stands before it
    Mark mark;              ///< where it begins
};

/// The text is not YAML: what() says why, `mark` where.
struct YamlSyntaxError : std::runtime_error {
    YamlSyntaxError(const std::string& why, Mark at, std::string help_text)
        : std::runtime_error(why), mark(at), help(std::move(help_text)) {}
    Mark mark;
    std::string help;
};

/// Reads events one by one, so that a limit stops a hostile file before it costs memory.
class YamlEvents {
  public:
    /// @param source  valid UTF-8 from first_byte on; must outlive this object
    explicit YamlEvents(const Source& source);
    ~YamlEvents();
    YamlEvents(const YamlEvents&) = delete;
    YamlEvents& operator=(const YamlEvents&) = delete;

    /// @throws YamlSyntaxError
    YamlEvent next();

  private:
    struct Parser;
    std::unique_ptr<Parser> parser_;
};

} // namespace lamina
