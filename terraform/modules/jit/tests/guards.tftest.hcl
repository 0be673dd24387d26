mock_provider "azurerm" {
  source = "../../mocks"
}

variables {
  names              = { public_ip = "a", bastion = "b" }
  tags               = {}
  location           = "westeurope"
  group              = "rg-x"
  group_id           = "g"
  subscription_id    = "s"
  subnet_id          = "n"
  operators_group_id = "o"
  zones              = []
  eligible_days      = 30
}

run "eligible_for_ever" {
  command = plan

  variables {
    eligible_days = 100000
  }

  expect_failures = [var.eligible_days]
}
