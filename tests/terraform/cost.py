"""A month's cost of what was planned, line by line, from terraform/prices.yaml."""
import yaml
from offline import CONTRACT, ROOT

PRICES = yaml.safe_load((ROOT / "terraform/prices.yaml").read_text(encoding="utf-8"))


class Unpriced(Exception):
    pass


def awake(power):
    """The share of a week that clusters run, from the two crons of environments.yaml ('M H * * DAYS', UTC)."""
    if power is None:
        return 1.0
    events = []
    for word, cron in (("stop", power["stop"]), ("start", power["start"])):
        minute, hour, _, _, days = cron.split()
        first, _, last = (days if days != "*" else "0-6").partition("-")
        for day in range(int(first), int(last or first) + 1):
            events.append((day % 7 * 1440 + int(hour) * 60 + int(minute), word))
    events.sort()
    minutes, state = 0, events[-1][1]
    previous = events[-1][0] - 7 * 1440
    for at, word in events:
        minutes += at - previous if state == "start" else 0
        previous, state = at, word
    return minutes / (7 * 1440)


def lines(made, environment, prices=PRICES):
    """(address, monthly cost) of each thing; raises Unpriced for a type or a SKU without a price."""
    hours = prices["hours"]
    nodes_awake = awake(CONTRACT["environments"][environment]["power"])
    for address, kind, values in made.resources:
        if kind in ("azurerm_kubernetes_cluster", "azurerm_kubernetes_cluster_node_pool"):
            pool = values["default_node_pool"][0] if kind == "azurerm_kubernetes_cluster" else values
            price = prices["prices"]["nodes"].get(pool["vm_size"])
            if price is None:
                raise Unpriced(f"{address}: no price for {pool['vm_size']}")
            spot = pool.get("priority") == "Spot"
            # Spot nodes come and go: half of the most. Regular ones: the least, which is always there.
            count = pool["max_count"] / 2 if spot else pool["min_count"]
            yield f"{address} nodes", count * price["spot_hour" if spot else "hour"] * hours * nodes_awake
        if kind in prices["free"]:
            continue
        rule = prices["prices"].get(kind)
        if rule is None:
            raise Unpriced(f"{address}: {kind} has no price and is not listed as free")
        sku = values[rule["sku"]] if "sku" in rule else ""
        unit = rule.get("hour") or rule.get("month")
        if sku not in unit:
            raise Unpriced(f"{address}: no price for {sku}")
        cost = unit[sku] * (hours if "hour" in rule else 1)
        cost *= 2 if values.get(rule.get("twice_when")) else 1
        cost *= values[rule["times"]] if "times" in rule else 1
        if "per_gb" in rule:
            quota = values[rule["gb_a_day"]]
            cost += (rule["unlimited_gb_a_day"] if quota == -1 else quota) * 30 * rule["per_gb"]
        yield address, cost


def table(made_by_environment):
    """The cost table of docs/infrastructure.md: by environment, by what it is for."""
    groups = {"cluster": ("module.cluster",), "network": ("module.network", "module.firewall", "module.endpoints", "module.dns", "module.operators"),
              "data": ("module.database", "module.redis", "module.events", "module.storage", "module.vault"), "signals": ("module.observability",), "backup": ("module.backup",)}
    rows = []
    for name, made in made_by_environment.items():
        sums = dict.fromkeys(groups, 0.0)
        for address, cost in lines(made, name):
            group = next((group for group, parts in groups.items() if address.startswith(parts)), None)
            if group is None and cost:
                raise Unpriced(f"{address} belongs to no group of the table")
            sums[group or "cluster"] += cost
        budget = made.one("azurerm_consumption_budget_resource_group")["amount"]
        share = round(100 * awake(CONTRACT["environments"][name]["power"]))
        rows.append(f"| {name} | " + " | ".join(str(round(value)) for value in sums.values()) + f" | {round(sum(sums.values()))} | {round(budget)} | {share}% |")
    head = "| environment | " + " | ".join(groups) + " | sum | budget | nodes awake |"
    return "\n".join([head, "|---" * (len(groups) + 4) + "|", *rows])
