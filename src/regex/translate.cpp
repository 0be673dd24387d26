#include "base/utf8.hpp"
#include "regex/program.hpp"
#include "regex/unicode.hpp"

namespace sentimark::regex {
namespace {

using IKind = Instruction::Kind;
using NKind = Node::Kind;

// Every emit of a node falls through to the instruction after its last one.
class Translator {
 public:
  Translator(Tree& tree, Program& program) : tree_(tree), program_(program) {}

  base::Result<void> run() {
    add(IKind::save, 0);
    emit(tree_.root);
    add(IKind::save, 1);
    add(IKind::match, 0);
    if (too_large()) {
      return base::fail(base::Outcome::config,
                        "the regular expression is larger than allowed once its repetitions are written out");
    }
    program_.sets = std::move(tree_.sets);
    program_.names = std::move(tree_.names);
    program_.groups = tree_.groups;
    note_first_byte();
    return {};
  }

 private:
  bool too_large() const { return emitted_ > k_most_instructions || here() > k_most_instructions; }
  std::uint32_t here() const { return static_cast<std::uint32_t>(program_.code.size()); }

  std::uint32_t add(IKind kind, std::uint32_t value) {
    program_.code.push_back({kind, value, here() + 1, 0});
    return here() - 1;
  }

  // Both ways are patched by the caller: the preferred one goes on, the other one leaves, or the reverse when lazy.
  void aim_split(std::uint32_t split, std::uint32_t go_on, std::uint32_t leave, bool greedy) {
    program_.code[split].next = greedy ? go_on : leave;
    program_.code[split].other = greedy ? leave : go_on;
  }

  void emit(std::uint32_t index) {
    // Counts nodes too, because a repetition of nothing adds no instruction.
    ++emitted_;
    if (too_large()) return;
    const Node& node = tree_.nodes[index];
    switch (node.kind) {
      case NKind::empty:
        return;
      case NKind::point:
        add(IKind::point, node.value);
        return;
      case NKind::set:
        add(IKind::set, node.value);
        return;
      case NKind::look:
        if (static_cast<Look>(node.value) >= Look::word && program_.word.ranges().empty()) program_.word = word_chars();
        add(IKind::look, node.value);
        return;
      case NKind::group:
        return emit_group(node);
      case NKind::repeat:
        return emit_repeat(node);
      case NKind::concat:
        for (const std::uint32_t child : node.children) emit(child);
        return;
      case NKind::alternate:
        return emit_alternate(node);
    }
    return;
  }

  void emit_group(const Node& node) {
    if (node.value != 0) add(IKind::save, 2 * node.value);
    emit(node.children[0]);
    if (node.value != 0) add(IKind::save, 2 * node.value + 1);
    return;
  }

  void emit_alternate(const Node& node) {
    std::vector<std::uint32_t> jumps;
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      const bool last = i + 1 == node.children.size();
      const std::uint32_t split = last ? 0 : add(IKind::split, 0);
      emit(node.children[i]);
      if (last) break;
      jumps.push_back(add(IKind::jump, 0));
      aim_split(split, split + 1, here(), true);
    }
    for (const std::uint32_t jump : jumps) program_.code[jump].next = here();
    return;
  }

  void emit_repeat(const Node& node) {
    const std::uint32_t child = node.children[0];
    // x{n,} is n - 1 times x, then x+.
    const bool open_end = node.most == Node::unlimited;
    const std::uint32_t copies = open_end && node.least > 0 ? node.least - 1 : node.least;
    for (std::uint32_t i = 0; i < copies; ++i) emit(child);
    if (open_end) return node.least > 0 ? emit_plus(child, node.greedy) : emit_star(child, node.greedy);

    std::vector<std::uint32_t> splits;
    for (std::uint32_t i = node.least; i < node.most; ++i) {
      splits.push_back(add(IKind::split, 0));
      emit(child);
    }
    for (const std::uint32_t split : splits) aim_split(split, split + 1, here(), node.greedy);
    return;
  }

  void emit_plus(std::uint32_t child, bool greedy) {
    const std::uint32_t start = here();
    emit(child);
    const std::uint32_t split = add(IKind::split, 0);
    aim_split(split, start, split + 1, greedy);
    return;
  }

  // Where x can be empty, x* is (x+)?: only so does the empty match keep its rank among the alternatives.
  void emit_star(std::uint32_t child, bool greedy) {
    const std::uint32_t split = add(IKind::split, 0);
    if (tree_.nodes[child].nullable) {
      emit_plus(child, greedy);
    } else {
      emit(child);
      program_.code[add(IKind::jump, 0)].next = split;
    }
    aim_split(split, split + 1, here(), greedy);
    return;
  }

  void note_first_byte() {
    std::size_t at = 0;
    while (program_.code[at].kind == IKind::save) ++at;
    if (program_.code[at].kind != IKind::point) return;
    std::string text;
    base::append_utf8(text, program_.code[at].value);
    program_.first_byte = static_cast<unsigned char>(text[0]);
  }

  Tree& tree_;
  Program& program_;
  std::size_t emitted_ = 0;
};

}  // namespace

base::Result<void> translate(Tree& tree, Program& program) { return Translator(tree, program).run(); }

}  // namespace sentimark::regex
