"""Writes agent_images.cpp: each agent deflated, with its checksums.  embed.py OUT.cpp amd64=FILE arm64=FILE"""
import hashlib
import subprocess
import sys
import zlib


def literal(data):
    """C string literals of 100 bytes a line; three octal digits always end, whatever follows."""
    lines = (data[at:at + 100] for at in range(0, len(data), 100))
    return "\n".join('    "' + "".join(f"\\{byte:03o}" for byte in line) + '"' for line in lines)


def deflated(path, program):
    """Raw deflate data, by zopfli: four per cent less than zlib's best, of what travels with every call."""
    data = subprocess.run(["zopfli", "--deflate", "-c", path], check=True, stdout=subprocess.PIPE).stdout
    assert zlib.decompress(data, -15) == program
    return data


def main():
    target, *agents = sys.argv[1:]
    parts, rows = [], []
    for agent in sorted(agents):
        architecture, path = agent.split("=", 1)
        with open(path, "rb") as file:
            program = file.read()
        small = deflated(path, program)
        parts.append(f"constexpr char k_{architecture}[] =\n{literal(small)};\n")
        rows.append(f'    AgentImage{{"{architecture}", {{k_{architecture}, {len(small)}}}, {zlib.crc32(program)}U, '
                    f'{len(program)}, "{hashlib.sha256(program).hexdigest()}"}},')
    count = len(rows)
    with open(target, "w", encoding="ascii") as file:
        file.write('#include <array>\n\n#include "agent_images/agent_images.hpp"\n\nnamespace sentimark::agent_images {\n'
                   'namespace {\n\n' + "\n".join(parts) +
                   f"\nconstexpr std::array<AgentImage, {count}> k_images{{{{\n" + "\n".join(rows) +
                   "\n}};\n\n}  // namespace\n\nstd::span<const AgentImage> agent_images() { return k_images; }\n\n"
                   "}  // namespace sentimark::agent_images\n")


main()
