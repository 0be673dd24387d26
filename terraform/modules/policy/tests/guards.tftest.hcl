mock_provider "azurerm" {
  source = "../../mocks"
}

variables {
  cluster_id    = "c"
  registry_host = "crexample.azurecr.io"
}

run "a_policy_without_an_effect" {
  command = plan

  variables {
    effect = "disabled"
  }

  expect_failures = [var.effect]
}
