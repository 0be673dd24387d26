#include "regex/machine.hpp"

#include <utility>

#include "base/utf8.hpp"

namespace sentimark::regex {
namespace {

using Kind = Instruction::Kind;

// Instructions that wait for a character, in order of preference, each with the spans of the way that led to it.
class Threads {
 public:
  Threads(std::size_t instructions, std::size_t slots) : mark_(instructions, 0), slots_(slots) {}

  void clear() {
    waiting_.clear();
    spans_.clear();
    ++generation_;
  }
  bool empty() const { return waiting_.empty(); }
  std::size_t size() const { return waiting_.size(); }
  std::uint32_t at(std::size_t index) const { return waiting_[index]; }
  const std::size_t* spans(std::size_t index) const { return spans_.data() + index * slots_; }

  // False when this instruction was visited at this character already.
  bool visit(std::uint32_t instruction) { return std::exchange(mark_[instruction], generation_) != generation_; }
  void wait(std::uint32_t instruction, const std::vector<std::size_t>& spans) {
    waiting_.push_back(instruction);
    spans_.insert(spans_.end(), spans.begin(), spans.end());
  }

 private:
  std::vector<std::uint32_t> waiting_;
  std::vector<std::size_t> spans_;
  std::vector<std::size_t> mark_;
  std::size_t slots_;
  std::size_t generation_ = 1;
};

class Machine {
 public:
  Machine(const Program& program, std::string_view text, Want want)
      : program_(program),
        text_(text),
        want_(want),
        slots_(want == Want::groups ? 2 * (program.groups + 1) : 0),
        now_(program.code.size(), slots_),
        next_(program.code.size(), slots_) {}

  std::optional<std::vector<Span>> run(std::size_t from) {
    std::size_t at = from;
    previous_ = base::last_code_point(text_.substr(0, at));
    now_.clear();
    for (;;) {
      if (now_.empty() && !found_ && want_ != Want::whole && program_.first_byte >= 0) {
        const std::size_t start = text_.find(static_cast<char>(program_.first_byte), at);
        if (start == std::string_view::npos) break;
        if (start != at) previous_ = base::last_code_point(text_.substr(0, start));
        at = start;
      }
      current_ = base::first_code_point(text_.substr(at));
      const bool may_start = !found_ && (want_ != Want::whole || at == 0);
      if (may_start) {
        spans_.assign(slots_, Span::none);
        follow(now_, 0, at);
      }
      if (now_.empty()) {
        if (found_ || !may_start || current_.length == 0) break;
      }
      if (step(at)) break;
      if (current_.length == 0) break;
      at += current_.length;
      previous_ = current_;
      std::swap(now_, next_);
    }
    if (!found_) return std::nullopt;
    std::vector<Span> result(slots_ / 2);
    for (std::size_t i = 0; i < result.size(); ++i) result[i] = {best_[2 * i], best_[2 * i + 1]};
    return result;
  }

 private:
  // Every waiting instruction takes the current character; true when nothing better can come any more.
  bool step(std::size_t at) {
    next_.clear();
    const base::CodePoint taken = current_;
    const std::size_t behind = at + taken.length;
    const base::CodePoint before = std::exchange(previous_, taken);
    const base::CodePoint following = base::first_code_point(text_.substr(behind));
    bool done = false;
    for (std::size_t i = 0; i < now_.size(); ++i) {
      const Instruction& instruction = program_.code[now_.at(i)];
      if (instruction.kind == Kind::match) {
        if (want_ == Want::whole && taken.length != 0) continue;
        found_ = true;
        best_.assign(now_.spans(i), now_.spans(i) + slots_);
        done = want_ != Want::groups;
        break;  // what follows is less preferred
      }
      if (taken.length == 0) continue;
      const bool takes = instruction.kind == Kind::point ? instruction.value == taken.value
                                                         : program_.sets[instruction.value].contains(taken.value);
      if (!takes) continue;
      current_ = following;
      spans_.assign(now_.spans(i), now_.spans(i) + slots_);
      follow(next_, instruction.next, behind);
    }
    current_ = taken;
    previous_ = before;
    return done;
  }

  // All ways from `start` that need no character. An own stack: the depth is the program's, not the machine's.
  void follow(Threads& threads, std::uint32_t start, std::size_t at) {
    stack_.push_back({start, k_go, 0});
    while (!stack_.empty()) {
      const Todo todo = stack_.back();
      stack_.pop_back();
      if (todo.slot != k_go) {
        spans_[todo.slot] = todo.old;
        continue;
      }
      std::uint32_t pc = todo.pc;
      while (threads.visit(pc)) {
        const Instruction& instruction = program_.code[pc];
        if (instruction.kind == Kind::split) {
          stack_.push_back({instruction.other, k_go, 0});
        } else if (instruction.kind == Kind::save) {
          if (instruction.value < slots_) {
            stack_.push_back({0, instruction.value, spans_[instruction.value]});
            spans_[instruction.value] = at;
          }
        } else if (instruction.kind == Kind::look) {
          if (!holds(static_cast<Look>(instruction.value), at)) break;
        } else if (instruction.kind != Kind::jump) {
          threads.wait(pc, spans_);
          break;
        }
        pc = instruction.next;
      }
    }
  }

  bool is_word(const base::CodePoint& point) const {
    return point.length != 0 && point.valid && program_.word.contains(point.value);
  }

  // Between previous_ and current_.
  bool holds(Look look, std::size_t at) const {
    const bool start = at == 0;
    const bool end = at == text_.size();
    switch (look) {
      case Look::text_start:
        return start;
      case Look::text_end:
        return end;
      case Look::line_start:
        return start || previous_.value == '\n';
      case Look::line_end:
        return end || current_.value == '\n';
      case Look::word:
        return is_word(previous_) != is_word(current_);
      case Look::not_word:
        return is_word(previous_) == is_word(current_);
      case Look::word_start:
        return !is_word(previous_) && is_word(current_);
      case Look::word_end:
        return is_word(previous_) && !is_word(current_);
    }
    return false;
  }

  struct Todo {
    std::uint32_t pc;
    std::uint32_t slot;  // k_go: follow pc; else put the old value back
    std::size_t old;
  };
  static constexpr std::uint32_t k_go = 0xFFFFFFFFU;

  const Program& program_;
  std::string_view text_;
  Want want_;
  std::size_t slots_;
  Threads now_;
  Threads next_;
  std::vector<Todo> stack_;
  std::vector<std::size_t> spans_;  // of the way being followed
  std::vector<std::size_t> best_;
  base::CodePoint previous_;
  base::CodePoint current_;
  bool found_ = false;
};

}  // namespace

std::optional<std::vector<Span>> run(const Program& program, std::string_view text, std::size_t from, Want want) {
  if (from > text.size()) return std::nullopt;
  return Machine(program, text, want).run(from);
}

}  // namespace sentimark::regex
