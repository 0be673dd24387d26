"""Changes the argument behind one entry of must.yaml in a copy of the sources, runs Terraform, and says whether the entry went red."""
import re
import tempfile

import hcl
import must
from offline import ROOT, Refused, copy_of, environment_of


class NoSuchArgument(Exception):
    pass


def places(tree, entry, address):
    """(file, first line, last line) of the argument in every block that can have made the resource at this address."""
    label = re.sub(r"\[.*", "", address.split(f"{entry.kind}.")[1])
    wanted = [part for part in entry.path.split(".") if not part.isdigit() and part != "*"]
    found = []
    for file in sorted((tree / "terraform").rglob("*.tf")):
        if "/stacks/" in str(file) and "/stacks/region/" not in str(file) or "/modules/state/" in str(file):
            continue
        for path, labels, first, last in hcl.arguments(file.read_text(encoding="utf-8")):
            # A key of a map (tags.environment) is changed by changing the map.
            if path[0] == "resource" and labels == [entry.kind, label] and (path[1:] == wanted or path[1:] == wanted[:1] and wanted[0] in ("tags", "node_labels")):
                found.append((file, first, last))
    return found


def changed(value, expression):
    """An expression that gives something else than `expression`, of the same type as `value`."""
    if isinstance(value, bool):
        return f"!({expression})"
    if isinstance(value, (int, float)):
        return f"try(({expression}) + 1, {expression})"  # null stays null: another of the resources may have none
    if isinstance(value, str):
        return f'try(format("%sx", {expression}), {expression})'
    if isinstance(value, dict):
        return "{}"
    return "[]" if value else '["x"]'


# Where nothing is the promise, something has to be made of it: an argument's value, or a whole block.
SOMETHING = {"eviction_policy": '"Delete"', "spot_max_price": "-1", "node_taints": '["x=y:NoSchedule"]', "admin_group_object_ids": '["x"]',
             "zones": '["1"]', "cross_region_restore_enabled": "true"}
BLOCKS = {"microsoft_defender": ("var.settings.defender ?", "true ?"), "high_availability": ("var.zone_redundant ?", "true ?"),
          "upgrade_settings": ("var.pool.spot ?", "false ?"), "delegation": None, "delegated_subnet_id": None}


def mutate(tree, entry, made, environment):
    """Changes the sources in `tree`; raises NoSuchArgument where the argument cannot be found."""
    address, values = made.of(entry.kind, entry.within)[0]
    leaf = [part for part in entry.path.split(".") if not part.isdigit()][-1]
    value = must.read(values, entry.path)
    value = value[0] if isinstance(value, list) and "*" in entry.path.split(".") else value
    if leaf in ("delegation", "delegated_subnet_id"):
        return insert(tree, entry, address, {"delegation": 'delegation {\n    name = "x"\n\n    service_delegation {\n      name = "Microsoft.DBforPostgreSQL/flexibleServers"\n    }\n  }',
                                             "delegated_subnet_id": 'delegated_subnet_id = "/subscriptions/x"'}[leaf])
    if leaf in BLOCKS:
        return replace_in(tree, entry, address, *BLOCKS[leaf])
    found = places(tree, entry, address)
    if not found:
        raise NoSuchArgument(f"{entry.name}: no argument {entry.path} in the sources")
    for file, first, last in reversed(found):
        text = file.read_text(encoding="utf-8")
        if leaf in SOMETHING and not value:
            file.write_text(hcl.wrap(text, first, last, lambda _: SOMETHING[leaf]), encoding="utf-8")
        else:
            whole = must.read(values, entry.path.split(".")[0]) if entry.path.startswith("tags.") else value
            file.write_text(hcl.wrap(text, first, last, lambda expression: changed(whole, expression)), encoding="utf-8")


def block_of(tree, entry, address):
    label = re.sub(r"\[.*", "", address.split(f"{entry.kind}.")[1])
    for file in sorted((tree / "terraform").rglob("*.tf")):
        text = file.read_text(encoding="utf-8")
        match = re.search(rf'^resource "{entry.kind}" "{label}" \{{\n(.*?)^\}}', text, re.MULTILINE | re.DOTALL)
        if match and "/modules/state/" not in str(file):
            return file, text, match
    raise NoSuchArgument(entry.name)


def insert(tree, entry, address, line):
    file, text, match = block_of(tree, entry, address)
    file.write_text(text[:match.end() - 1] + f"  {line}\n" + text[match.end() - 1:], encoding="utf-8")


def replace_in(tree, entry, address, old, new):
    file, text, match = block_of(tree, entry, address)
    if old not in match[0]:
        raise NoSuchArgument(f"{entry.name}: {old} is not there")
    file.write_text(text[:match.start()] + match[0].replace(old, new) + text[match.end():], encoding="utf-8")


def survives(entry, environment, made):
    """None when the entry goes red, else why not. A refusal of Terraform's own counts only if it names the argument."""
    with tempfile.TemporaryDirectory(prefix="terraform-mutant-") as folder:
        tree = copy_of(ROOT, folder)
        mutate(tree, entry, made, environment)
        try:
            after = environment_of(tree, environment)
        except Refused as error:
            leaf = [part for part in entry.path.split(".") if not part.isdigit()][-1]
            return None if leaf in str(error) else f"{entry.name} in {environment}: Terraform says only {str(error)[:300]}"
        if any(line.startswith(f"{entry.name} in {environment}:") for line in must.failures({environment: after}, [entry])):
            return None
        return f"{entry.name} in {environment}: the argument was changed and the entry still holds"
