#include "experiments/yaml_tree.hpp"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "experiments/yaml_events.hpp"

namespace lamina {
namespace {

using NodeKind = YamlNode::Kind;

/// One character of UTF-8, or width 0 where the bytes are not UTF-8.
struct Character {
    std::uint32_t code = 0;
    int width = 0;
};

/// Source: RFC 3629; overlong forms, surrogates and codes above 10FFFF are not UTF-8.
Character decode(const unsigned char* at, std::size_t n_left) {
    const unsigned char lead = at[0];
    if (lead < 0x80) return {lead, 1};
    const int width = lead >= 0xF0 && lead <= 0xF4  ? 4
                      : lead >= 0xE0 && lead < 0xF0 ? 3
                      : lead >= 0xC2 && lead < 0xE0 ? 2
                                                    : 0;
    if (width == 0 || n_left < static_cast<std::size_t>(width)) return {};
    std::uint32_t code = lead & (0xFF >> (width + 1));
    for (int i = 1; i < width; ++i) {
        if ((at[i] & 0xC0) != 0x80) return {};
        code = code << 6 | (at[i] & 0x3F);
    }
    const bool overlong = (width == 3 && code < 0x800) || (width == 4 && code < 0x10000);
    if (overlong || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return {};
    return {code, width};
}

/// Characters that no editor shows, or that other readers of YAML take as the end of a line.
bool is_control(std::uint32_t code) {
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029 ||
           (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) ||
           code == 0xFEFF || (code & 0xFFFE) == 0xFFFE;
}

/// Checks every byte once; true when the text may be given to the parser.
bool check_characters(const Source& source, ProblemList& problems) {
    const auto* text = reinterpret_cast<const unsigned char*>(source.text.data());
    const std::size_t n = source.text.size();
    Mark mark{1, 1, 1};
    bool blank = true, begun = false; // of this line; of the document
    for (std::size_t i = 0; i < n;) {
        const Character c = decode(text + i, n - i);
        if (c.width == 0) {
            problems
                .error("L0104", fmt::format("byte 0x{:02X} is not UTF-8", text[i]), source, mark)
                .help.emplace_back("save the file as UTF-8 in your editor");
            return false;
        }
        const bool line_end =
            c.code == '\n' || (c.code == '\r' && i + 1 < n && text[i + 1] == '\n');
        const bool byte_order_mark = c.code == 0xFEFF && i == 0;
        if (is_control(c.code) && !line_end && c.code != '\t' && !byte_order_mark) {
            problems.error("L0105", fmt::format("control character U+{:04X}", c.code), source, mark)
                .help.emplace_back("delete it; lines end with a line feed");
            return false;
        }
        if (blank && !begun && c.code == '%') {
            problems.error("L0115", "a YAML directive", source, mark)
                .help.emplace_back("delete this line; an experiment file needs no directives");
            return false;
        }
        const bool space = c.code == ' ' || c.code == '\t' || c.code == '\r' || byte_order_mark;
        if (c.code == '#' && blank)
            blank = false; // a comment, not yet the document
        else if (!space && !line_end && blank) {
            blank = false;
            begun = true;
        }
        i += c.width;
        ++mark.column;
        if (c.code == '\n') {
            mark = {mark.line + 1, 1, 1};
            blank = true;
        }
    }
    return true;
}

/// Thrown when going on would cost memory or make no sense; the problem is in the list already.
struct GivenUp {};

/// Puts events together. Iterative: the depth of a file is not the depth of the stack.
class TreeBuilder {
  public:
    TreeBuilder(const std::shared_ptr<const Source>& source, ProblemList& problems)
        : source_(source), problems_(problems), events_(*source) {}

    Yaml build() {
        for (;;) {
            const YamlEvent event = events_.next();
            switch (event.kind) {
            case YamlEvent::Kind::document_start:
                start_document(event);
                break;
            case YamlEvent::Kind::map_start:
                open(event, NodeKind::map);
                break;
            case YamlEvent::Kind::list_start:
                open(event, NodeKind::list);
                break;
            case YamlEvent::Kind::map_end:
            case YamlEvent::Kind::list_end:
                close();
                break;
            case YamlEvent::Kind::scalar:
                scalar(event);
                break;
            case YamlEvent::Kind::alias:
                alias(event);
                break;
            case YamlEvent::Kind::document_end:
                break;
            case YamlEvent::Kind::stream_end:
                return root_;
            }
        }
    }

  private:
    /// A list or map that is not closed yet.
    struct Open {
        std::shared_ptr<YamlNode> node;
        std::string anchor;
        bool has_key = false; ///< a map: the key is read, its value comes next
        std::string key;
        Mark key_mark;
        std::unordered_map<std::string, Mark> seen;
    };
    struct Anchor {
        Yaml node; ///< nullptr while it is open
        Mark mark;
    };

    bool expects_key() const {
        return !open_.empty() && open_.back().node->is_map() && !open_.back().has_key;
    }

    void start_document(const YamlEvent& event) {
        if (++n_documents_ == 1) {
            if (!event.directive) return;
            problems_.error("L0115", "a YAML directive", *source_, event.mark)
                .help.emplace_back("delete it; an experiment file needs no directives");
            throw GivenUp();
        }
        problems_.error("L0114", "a second document begins here", *source_, event.mark)
            .help.emplace_back("write one experiment per file; delete `---` and what follows");
        throw GivenUp();
    }

    void refuse_tag(const YamlEvent& event) {
        if (event.tag.empty()) return;
        problems_
            .error("L0111", fmt::format("tag `{}` is not part of an experiment file", event.tag),
                   *source_, event.mark)
            .help.emplace_back("delete the tag; Lamina knows the type of every key");
    }

    void count(const Mark& mark, std::size_t n) {
        n_nodes_ += n;
        if (n_nodes_ <= max_yaml_nodes) return;
        problems_
            .error("L0109", "more than 1000000 values, counting each use of an alias", *source_,
                   mark)
            .help.emplace_back("keep tables in a file of their own and name it here");
        throw GivenUp();
    }

    void open(const YamlEvent& event, NodeKind kind) {
        refuse_tag(event);
        if (static_cast<int>(open_.size()) >= max_yaml_depth) {
            problems_
                .error("L0110", fmt::format("nested deeper than {} levels", max_yaml_depth),
                       *source_, event.mark)
                .help.emplace_back("an experiment file has 5 levels at most; check the brackets");
            throw GivenUp();
        }
        count(event.mark, 1);
        Open next;
        next.node = std::make_shared<YamlNode>();
        next.node->kind = kind;
        next.node->source = source_;
        next.node->mark = event.mark;
        next.anchor = event.anchor;
        declare(event);
        if (expects_key()) {
            refuse_key("a list or map cannot be a key", event.mark);
            open_.back().has_key = true; // its value is read and dropped
            open_.back().key.clear();
            next.node->n_nodes = 1;
            dropped_.push_back(open_.size());
        }
        open_.push_back(std::move(next));
    }

    void close() {
        Open done = std::move(open_.back());
        open_.pop_back();
        for (const YamlEntry& entry : done.node->entries)
            done.node->n_nodes += entry.value->n_nodes;
        if (!done.anchor.empty()) anchors_[done.anchor].node = done.node;
        if (!dropped_.empty() && dropped_.back() == open_.size()) {
            dropped_.pop_back();
            return; // it stood as a key; the value that follows is dropped with it
        }
        put(done.node);
    }

    void scalar(const YamlEvent& event) {
        refuse_tag(event);
        count(event.mark, 1);
        for (std::size_t i = 0; i < event.text.size();) {
            const Character c =
                decode(reinterpret_cast<const unsigned char*>(event.text.data()) + i,
                       event.text.size() - i);
            if (c.width == 0 || (is_control(c.code) && c.code != '\n' && c.code != '\t')) {
                problems_
                    .error("L0105",
                           fmt::format("control character U+{:04X} in a quoted text", c.code),
                           *source_, event.mark)
                    .help.emplace_back("delete the escape");
                throw GivenUp();
            }
            i += c.width;
        }
        if (expects_key()) return key(event);
        auto node = std::make_shared<YamlNode>();
        node->text = event.text;
        node->plain = event.plain;
        node->source = source_;
        node->mark = event.mark;
        declare(event);
        if (!event.anchor.empty()) anchors_[event.anchor].node = node;
        put(node);
    }

    void key(const YamlEvent& event) {
        Open& map = open_.back();
        map.has_key = true;
        map.key = event.text;
        map.key_mark = event.mark;
        if (!event.anchor.empty()) refuse_key("a key cannot carry an anchor", event.mark);
        if (event.plain && event.text == "<<") {
            problems_
                .error("L0112", "merge keys `<<` are not part of an experiment file", *source_,
                       event.mark)
                .help.emplace_back(
                    "write the keys out; an alias `*name` may stand as a whole value");
            map.key.clear();
            return;
        }
        if (event.text.empty()) return refuse_key("a key is empty", event.mark);
        const auto [first, is_new] = map.seen.emplace(event.text, event.mark);
        if (is_new) return;
        Problem& problem =
            problems_.error("L0201", fmt::format("key `{}` is given twice", shortened(event.text)),
                            *source_, event.mark, "second here");
        problem.at.push_back(snippet(*source_, first->second, "first here"));
        problem.notes.emplace_back("Lamina never picks one of two values; remove one");
        map.key.clear();
    }

    void alias(const YamlEvent& event) {
        if (expects_key()) {
            refuse_key("an alias cannot be a key", event.mark);
            open_.back().has_key = true;
            open_.back().key.clear();
            return;
        }
        const auto found = anchors_.find(event.text);
        if (found == anchors_.end()) {
            problems_
                .error("L0108", fmt::format("alias `*{}` has no anchor", shortened(event.text)),
                       *source_, event.mark)
                .help.emplace_back(
                    fmt::format("write `&{}` in front of the value it stands for, above this line",
                                shortened(event.text)));
            throw GivenUp();
        }
        if (!found->second.node) {
            const Mark& at = found->second.mark;
            problems_
                .error("L0107", fmt::format("alias `*{}` refers to itself", shortened(event.text)),
                       *source_, event.mark)
                .notes.push_back(
                    fmt::format("anchor `&{}` is defined at {}:{} and contains this alias",
                                shortened(event.text), at.line, at.column));
            problems_.last().help.emplace_back("write the value out here");
            throw GivenUp();
        }
        count(event.mark, found->second.node->n_nodes);
        put(found->second.node);
    }

    void declare(const YamlEvent& event) {
        if (event.anchor.empty()) return;
        const auto [anchor, is_new] = anchors_.emplace(event.anchor, Anchor{nullptr, event.mark});
        if (is_new) return;
        Problem& problem = problems_.error(
            "L0116", fmt::format("anchor `&{}` is given twice", shortened(event.anchor)), *source_,
            event.mark, "second here");
        problem.at.push_back(snippet(*source_, anchor->second.mark, "first here"));
        problem.help.emplace_back("give the anchors different names");
        throw GivenUp();
    }

    void put(const Yaml& node) {
        if (open_.empty()) {
            root_ = node;
            return;
        }
        Open& parent = open_.back();
        if (parent.node->is_list()) {
            parent.node->entries.push_back({"", {}, source_, node});
            return;
        }
        // a key that was refused takes its value with it
        if (!parent.key.empty())
            parent.node->entries.push_back({parent.key, parent.key_mark, source_, node});
        parent.has_key = false;
    }

    void refuse_key(const char* why, const Mark& mark) {
        problems_.error("L0113", why, *source_, mark)
            .help.emplace_back("a key is a word: `key: value`");
    }

    static std::string shortened(const std::string& word) {
        return word.size() <= 80 ? word : word.substr(0, 80) + "...";
    }

    std::shared_ptr<const Source> source_;
    ProblemList& problems_;
    YamlEvents events_;
    std::vector<Open> open_;
    std::vector<std::size_t> dropped_; ///< depths at which a list or map stands as a key
    std::unordered_map<std::string, Anchor> anchors_;
    std::size_t n_nodes_ = 0;
    int n_documents_ = 0;
    Yaml root_;
};

std::shared_ptr<YamlNode> new_map(const Yaml& like) {
    auto map = std::make_shared<YamlNode>();
    map->kind = NodeKind::map;
    map->source = like->source;
    map->mark = like->mark;
    return map;
}

/// The place of an item that a key names by its number.
std::optional<std::size_t> item_of(const Yaml& node, const std::string& key) {
    const bool number =
        !key.empty() && key.size() < 10 && key.find_first_not_of("0123456789") == std::string::npos;
    if (!number || !node || !node->is_list()) return {};
    const std::size_t place = std::stoul(key);
    return place < node->entries.size() ? std::optional<std::size_t>(place) : std::nullopt;
}

/// The part of with_value below the first `depth` keys of the path.
Yaml set_below(const Yaml& node, const std::vector<std::string>& path, std::size_t depth,
               const std::string& name, const Yaml& value,
               const std::function<std::string(const std::string&)>& short_key) {
    const auto below = [&](const std::string& key) {
        return name.empty() ? key : name + "." + key;
    };
    if (depth == path.size()) {
        if (value->is_map() && node) {
            // a map sets its keys and keeps the others
            Yaml merged = node;
            for (const YamlEntry& entry : value->entries)
                merged = set_below(merged, {entry.key}, 0, name, entry.value, short_key);
            return merged;
        }
        if (value->is_scalar() && node && node->is_map() && !short_key(name).empty())
            return set_below(node, {short_key(name)}, 0, name, value, short_key);
        return value;
    }

    // the number of an item leads into a list
    if (const auto item = item_of(node, path[depth])) {
        const auto list = std::make_shared<YamlNode>(*node);
        Yaml& inside = list->entries[*item].value;
        inside = set_below(inside, path, depth + 1, below(path[depth]), value, short_key);
        return list;
    }

    // copy this map, or make one; a word in its place goes under the key it stands for
    auto map = node && node->is_map() ? std::make_shared<YamlNode>(*node) : new_map(value);
    if (node && node->is_scalar() && !short_key(name).empty())
        map->entries.push_back({short_key(name), node->mark, node->source, node});
    const std::string& key = path[depth];
    for (YamlEntry& entry : map->entries) {
        if (entry.key != key) continue;
        entry.value = set_below(entry.value, path, depth + 1, below(key), value, short_key);
        entry.key_mark = value->mark;
        entry.key_source = value->source;
        return map;
    }
    map->entries.push_back({key, value->mark, value->source,
                            set_below(nullptr, path, depth + 1, below(key), value, short_key)});
    return map;
}

std::string yaml_quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        if (c == '\n')
            out += "\\n";
        else if (c == '\t')
            out += "\\t";
        else
            out += c;
    }
    return out + "\"";
}

} // namespace

const YamlEntry* YamlNode::find(const std::string& key) const {
    if (!is_map()) return nullptr;
    for (const YamlEntry& entry : entries)
        if (entry.key == key) return &entry;
    return nullptr;
}

Yaml parse_yaml(const std::shared_ptr<const Source>& source, ProblemList& problems) {
    if (source->text.size() > max_yaml_bytes) {
        problems
            .error("L0102",
                   fmt::format("{} bytes; an experiment file has {} at most", source->text.size(),
                               max_yaml_bytes),
                   *source, Mark{})
            .help.emplace_back("keep tables in a file of their own and name it here");
        return nullptr;
    }
    if (!check_characters(*source, problems)) return nullptr;
    Yaml root;
    try {
        root = TreeBuilder(source, problems).build();
    } catch (const YamlSyntaxError& error) {
        problems.error("L0106", error.what(), *source, error.mark).help.push_back(error.help);
        return nullptr;
    } catch (const GivenUp&) { return nullptr; }
    if (!root)
        problems.error("L0103", "nothing is written here", *source, Mark{})
            .help.emplace_back("`lamina explain lamina` shows how an experiment file begins");
    return root;
}

Yaml with_value(const Yaml& root, const std::vector<std::string>& path, const Yaml& value,
                const std::function<std::string(const std::string&)>& short_key) {
    return set_below(root, path, 0, "", value, short_key);
}

Yaml without_key(const Yaml& map, const std::string& key) {
    YamlNode rest = *map;
    rest.entries.erase(std::remove_if(rest.entries.begin(), rest.entries.end(),
                                      [&](const YamlEntry& one) { return one.key == key; }),
                       rest.entries.end());
    return std::make_shared<const YamlNode>(std::move(rest));
}

std::string flow_text(const YamlNode& node) {
    std::string out;
    switch (node.kind) {
    case NodeKind::scalar: {
        const bool safe = node.plain && !node.text.empty() &&
                          node.text.find_first_of("\n\t,[]{}\"'#:") == std::string::npos;
        return safe ? node.text : yaml_quoted(node.text);
    }
    case NodeKind::list:
        for (const YamlEntry& entry : node.entries)
            out += (out.empty() ? "" : ", ") + flow_text(*entry.value);
        return "[" + out + "]";
    case NodeKind::map:
        for (const YamlEntry& entry : node.entries) {
            YamlNode key;
            key.text = entry.key;
            out += (out.empty() ? "" : ", ") + flow_text(key) + ": " + flow_text(*entry.value);
        }
        return "{" + out + "}";
    }
    return out;
}

std::string kind_of(const YamlNode& node) {
    if (node.is_list()) return node.entries.empty() ? "an empty list" : "a list";
    if (node.is_map()) return "a map of keys";
    return node.text.empty() && node.plain ? "nothing" : "one value";
}

} // namespace lamina
