# terraform -chdir=terraform/stacks/bootstrap test
mock_provider "azurerm" {
  source = "../../mocks"
}

variables {
  region     = "westeurope"
  tags       = { owner = "platform", cost-center = "sentimark-shared" }
  repository = { owner = "Example-Org", name = "Sentimark", owner_id = "101", id = "202" }
}

run "stack" {
  command = apply
}
