#include "verify/patch.hpp"

#include <algorithm>
#include <optional>

#include "base/text.hpp"
#include "json/text.hpp"
#include "verify/objects.hpp"

namespace sentimark::verify {
namespace {

constexpr std::size_t k_context = 3;
constexpr std::size_t k_indent = 2;

std::string joined(const std::vector<EditedLine>& lines) {
  std::string text;
  for (const EditedLine& line : lines) text += line.text + "\n";
  return text;
}

// Where a part of an object stands in lines, when it stands there in block style.
struct Block {
  std::size_t first;   // index of its line
  std::size_t end;     // behind its last one
  std::size_t column;  // of its key, from 0
  bool in_item;        // its key is the first of a list item: "- name: x"
};

class Editor {
 public:
  Editor(std::vector<EditedLine>& lines, std::size_t place) : lines_(lines), place_(place) {}

  bool take(const kube::PatchStep& step) {
    Objects objects;
    if (!add_objects(objects, {"patch", joined(lines_)}, Kinds::as_they_are)) return false;
    if (place_ >= objects.values.size()) return false;
    const json::Value* part = yaml::part_of(objects.values[place_], step.path);
    if (step.remove) return part == nullptr || remove(objects, step.path);
    return part != nullptr ? replace(objects, step.path, *part, step.value) : add(objects, step.path, step.value);
  }

 private:
  std::optional<Block> block_of(const Objects& objects, const std::string& path) const {
    const yaml::Mark mark = objects.mark_of(place_, path);
    if (mark.line == 0 || mark.line > lines_.size()) return std::nullopt;
    Block block{mark.line - 1, mark.line, mark.column - 1, false};
    const std::string& line = lines_[block.first].text;
    const std::size_t start = line.find_first_not_of(' ');
    if (start == std::string::npos || block.column >= line.size()) return std::nullopt;
    const std::string lead = line.substr(start, block.column - start);
    block.in_item = lead.find_first_not_of("- ") == std::string::npos && !lead.empty();
    if (!lead.empty() && !block.in_item) return std::nullopt;  // in the middle of a line: flow style
    for (; block.end < lines_.size(); ++block.end) {
      const std::string& next = lines_[block.end].text;
      const std::size_t indent = next.find_first_not_of(' ');
      if (indent == std::string::npos) break;
      // A list may stand at its key's own column.
      const bool item = indent == block.column && next.compare(indent, 2, "- ") == 0 && !block.in_item;
      if (indent <= block.column && !item) break;
    }
    return block;
  }

  bool remove(const Objects& objects, const std::string& path) {
    const auto block = block_of(objects, path);
    if (!block || block->in_item) return false;
    lines_.erase(lines_.begin() + static_cast<std::ptrdiff_t>(block->first),
                 lines_.begin() + static_cast<std::ptrdiff_t>(block->end));
    return true;
  }

  bool replace(const Objects& objects, const std::string& path, const json::Value& old, const json::Value& value) {
    const auto block = block_of(objects, path);
    if (!block || old.is_object() || old.is_array()) return false;
    EditedLine& line = lines_[block->first];
    const std::size_t colon = line.text.find(": ", block->column);
    if (colon == std::string::npos || block->end != block->first + 1) return false;
    line = {line.text.substr(0, colon + 2) + json::to_text(value), 0};
    return true;
  }

  // Behind the first member of the deepest part that is there already.
  bool add(const Objects& objects, const std::string& path, const json::Value& value) {
    std::vector<std::string> missing;
    std::string parent = path;
    const json::Value* there = nullptr;
    while (there == nullptr || there->is_null()) {
      const std::size_t dot = parent.rfind('.');
      if (dot == std::string::npos || parent.find('[', dot) != std::string::npos) return false;
      missing.insert(missing.begin(), parent.substr(dot + 1));
      parent.resize(dot);
      there = yaml::part_of(objects.values[place_], parent);
    }
    if (!there->is_object() || there->members().empty()) return false;
    const auto sibling = block_of(objects, parent + "['" + there->members().front().first + "']");
    if (!sibling) return false;
    std::vector<EditedLine> fresh;
    for (std::size_t i = 0; i < missing.size(); ++i) {
      const bool last = i + 1 == missing.size();
      fresh.push_back({std::string(sibling->column + i * k_indent, ' ') + missing[i] + ":" +
                           (last ? " " + json::to_text(value) : std::string()),
                       0});
    }
    lines_.insert(lines_.begin() + static_cast<std::ptrdiff_t>(sibling->end), fresh.begin(), fresh.end());
    return true;
  }

  std::vector<EditedLine>& lines_;
  std::size_t place_;
};

struct Op {
  char kind;  // ' ', '-', '+'
  std::string text;
  std::size_t before;  // lines of the original that stand before it
  std::size_t after;   // lines of the result
};

std::vector<Op> ops_of(const std::vector<std::string>& before, const std::vector<EditedLine>& after) {
  std::vector<Op> ops;
  std::size_t at = 0;
  std::size_t made = 0;
  const auto drop_to = [&](std::size_t line) {
    for (; at < line; ++at) ops.push_back({'-', before[at], at, made});
  };
  for (std::size_t i = 0; i < after.size(); ++i) {
    if (after[i].origin == 0) {
      // A line that takes another's place stands behind it in a diff.
      std::size_t next = i;
      while (next < after.size() && after[next].origin == 0) ++next;
      drop_to(next < after.size() ? after[next].origin - 1 : before.size());
      ops.push_back({'+', after[i].text, at, made});
    } else {
      drop_to(after[i].origin - 1);
      ops.push_back({' ', after[i].text, at++, made});
    }
    ++made;
  }
  drop_to(before.size());
  return ops;
}

}  // namespace

std::vector<EditedLine> edited_lines(const std::string& text, std::size_t place,
                                     const std::vector<kube::PatchStep>& steps) {
  std::vector<EditedLine> lines;
  for (std::string& line : base::lines_of(text)) lines.push_back({std::move(line), lines.size() + 1});
  Editor editor(lines, place);
  for (const kube::PatchStep& step : steps) {
    if (!editor.take(step)) return {};
  }
  return lines;
}

std::string unified_diff(const std::string& file, const std::vector<std::string>& before,
                         const std::vector<EditedLine>& after) {
  const std::vector<Op> ops = ops_of(before, after);
  std::string text;
  for (std::size_t i = 0; i < ops.size();) {
    if (ops[i].kind == ' ') {
      ++i;
      continue;
    }
    const std::size_t first = i > k_context ? i - k_context : 0;
    std::size_t last = i;  // the last change of the hunk
    for (std::size_t k = i; k < ops.size() && k <= last + 2 * k_context; ++k) {
      if (ops[k].kind != ' ') last = k;
    }
    const std::size_t end = std::min(ops.size(), last + k_context + 1);
    std::string hunk;
    std::size_t removed = 0;
    std::size_t added = 0;
    for (std::size_t k = first; k < end; ++k) {
      hunk += ops[k].kind + ops[k].text + "\n";
      removed += ops[k].kind != '+' ? 1U : 0U;
      added += ops[k].kind != '-' ? 1U : 0U;
    }
    text += "@@ -" + std::to_string(ops[first].before + (removed > 0 ? 1 : 0)) + "," + std::to_string(removed) + " +" +
            std::to_string(ops[first].after + (added > 0 ? 1 : 0)) + "," + std::to_string(added) + " @@\n" + hunk;
    i = end;
  }
  return text.empty() ? text : "--- " + file + "\n+++ " + file + "\n" + text;
}

}  // namespace sentimark::verify
