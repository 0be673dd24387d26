"""What environments cost a month: every planned SKU has a price, DEV keeps its ceiling, budgets cover the plan. Rows: DEV-01, DEV-03."""
import copy
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import cost  # noqa: E402
from offline import ENVIRONMENTS, ROOT, everything, needs_schema  # noqa: E402

pytestmark = needs_schema


def over(ceiling, made, environment, prices=cost.PRICES):
    """None, or the sum and the lines that make it, the largest first."""
    lines = sorted(cost.lines(made, environment, prices), key=lambda line: -line[1])
    total = sum(amount for _, amount in lines)
    return None if total <= ceiling else f"{total:.0f} of {ceiling}: " + ", ".join(f"{address} {amount:.0f}" for address, amount in lines[:5])


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_planned_thing_has_a_price_and_the_budget_covers_it(environment):
    made = everything()[environment]
    assert over(made.one("azurerm_consumption_budget_resource_group")["amount"], made, environment) is None


def test_dev_keeps_its_ceiling():
    for environment, ceiling in cost.PRICES["ceilings"].items():
        assert over(ceiling, everything()[environment], environment) is None


def test_what_breaks_the_ceiling_is_named():
    prices = copy.deepcopy(cost.PRICES)
    prices["prices"]["azurerm_firewall"]["hour"]["Standard"] = 9.0
    assert "module.firewall.azurerm_firewall.this 6570" in over(1500, everything()["dev"], "dev", prices)


@pytest.mark.parametrize("take", [("prices", "azurerm_firewall"), ("prices", "nodes", "Standard_D2ds_v5"), ("prices", "azurerm_managed_redis", "hour", "Balanced_B0")])
def test_an_unknown_sku_is_an_error(take):
    prices = copy.deepcopy(cost.PRICES)
    place = prices
    for key in take[:-1]:
        place = place[key]
    del place[take[-1]]
    with pytest.raises(cost.Unpriced):
        list(cost.lines(everything()["dev"], "dev", prices))


def test_a_sleeping_cluster_costs_its_waking_hours():
    assert cost.awake({"stop": "0 19 * * *", "start": "0 6 * * 1-5"}) == pytest.approx(5 * 13 / 168)
    assert cost.awake(None) == 1


def test_the_documents_table_is_the_computed_one():
    assert cost.table(everything()) in (ROOT / "docs/infrastructure.md").read_text(encoding="utf-8")


def test_no_type_is_both_priced_and_free_and_none_is_forgotten():
    assert set(cost.PRICES["prices"]) & set(cost.PRICES["free"]) == set()
    planned = {kind for made in everything().values() for _, kind, _ in made.resources}
    assert set(cost.PRICES["free"]) - planned == set()
