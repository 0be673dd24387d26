"""Every mutant of every entry of must.yaml: see scripts/soak terraform."""
import argparse
import concurrent.futures
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import must  # noqa: E402
import mutate  # noqa: E402
from offline import ENVIRONMENTS, everything  # noqa: E402


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--shard", default="0/1", help="I/N: every N-th mutant, from the I-th on")
    index, count = map(int, parser.parse_args().shard.split("/"))
    entries, _ = must.load(ENVIRONMENTS)
    # An entry's environments with the same wish run the same lines: one of each wish is enough.
    mutants = []
    for entry in entries:
        seen = []
        for environment, wish in entry.wanted.items():
            if wish not in seen:
                seen.append(wish)
                mutants.append((entry, environment))
    mutants = mutants[index::count]
    made, survivors = everything(), []
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for number, ((entry, environment), found) in enumerate(zip(mutants, pool.map(
                lambda pair: mutate.survives(*pair, made[pair[1]]), mutants), strict=True), 1):
            print(f"{number}/{len(mutants)} {'SURVIVES' if found else 'red'} {entry.name} in {environment}", flush=True)
            survivors += [found] if found else []
    print("\n".join(survivors))
    print(f"{len(mutants) - len(survivors)} passed, {len(survivors)} failed")
    return 1 if survivors or not mutants else 0


if __name__ == "__main__":
    sys.exit(main())
