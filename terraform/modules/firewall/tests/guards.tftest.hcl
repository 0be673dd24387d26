mock_provider "azurerm" {
  source = "../../mocks"
}

variables {
  names          = { public_ip = "a", firewall = "b", firewall_policy = "c", route_table = "d" }
  tags           = {}
  location       = "westeurope"
  group          = "rg-x"
  subnet_id      = "s"
  node_range     = "10.10.0.0/22"
  node_subnet_id = "n"
  runner_range   = "10.10.6.192/26"
  zones          = []
  workspace_id   = "w"
  tier           = "Standard"
  allowed_names  = []
}

run "a_firewall_that_cannot_deny" {
  command = plan

  variables {
    tier = "Basic"
  }

  expect_failures = [var.tier]
}
