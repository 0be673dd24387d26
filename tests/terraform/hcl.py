"""Enough of Terraform's language to find an argument in formatted source: blocks, and where an expression begins and ends."""
import re

OPENS = re.compile(r'^\s*(?:(dynamic)\s+"(\w+)"|(\w+)((?:\s+"[^"]*")*))\s*\{\s*(\})?\s*$')
ARGUMENT = re.compile(r"^\s*([A-Za-z_][\w-]*)\s+=\s?(.*)$|^\s*([A-Za-z_][\w-]*)\s*=\s?(.*)$")

# A comment behind code: what stands before it is kept, strings and all.
COMMENT = re.compile(r'^((?:"(?:\\.|[^"\\])*"|[^"#])*?)\s*#.*$')


def strip(line):
    """Without strings and comments, so that brackets can be counted."""
    line = re.sub(r'"(?:\\.|[^"\\])*"', '""', line)
    return re.sub(r"(#|//).*", "", line)


def depth(line):
    bare = strip(line)
    return sum(bare.count(sign) for sign in "([{") - sum(bare.count(sign) for sign in ")]}")


def arguments(text):
    """Yields (path, labels, first line, last line) of each argument: path is the blocks' names and the argument's own, with a dynamic
    block standing as the block that it makes; labels are those of the outermost block."""
    lines = text.split("\n")
    stack, number = [], 0
    while number < len(lines):
        line = lines[number]
        opened = OPENS.match(line)
        if re.match(r"^\s*(#|//)", line) or not line.strip():
            number += 1
        elif opened and "=" not in strip(line).split("{")[0]:
            name = opened[2] or opened[3]
            labels = re.findall(r'"([^"]*)"', opened[4] or "")
            if not opened[5]:
                stack.append((name, labels, bool(opened[1])))
            number += 1
        elif line.strip() == "}":
            stack.pop()
            number += 1
        elif match := ARGUMENT.match(line):
            last, open_brackets = number, depth(line)
            heredoc = re.search(r"<<-?(\w+)\s*$", line)
            while open_brackets > 0 or heredoc:
                last += 1
                if heredoc:
                    if lines[last].strip() == heredoc[1]:
                        break
                else:
                    open_brackets += depth(lines[last])
            names = [frame[0] for frame in stack]
            inside_dynamic = [frame[2] for frame in stack]
            # dynamic "x" { for_each = ...; content { a = 1 } }: a's path is x.a, and for_each is no argument of the provider's.
            path = [name for index, name in enumerate(names) if not (name == "content" and index and inside_dynamic[index - 1])]
            own = not (inside_dynamic and inside_dynamic[-1])
            if own:
                yield [*path, match[1] or match[3]], stack[0][1] if stack else [], number, last
            number = last + 1
        else:
            number += 1


def wrap(text, first, last, around):
    """The text with the expression of lines first..last replaced by around(expression)."""
    lines = text.split("\n")
    name, _, expression = "\n".join(COMMENT.sub(r"\1", line) for line in lines[first:last + 1]).partition("=")
    return "\n".join([*lines[:first], f"{name}= {around(expression.strip())}", *lines[last + 1:]])
