# terraform -chdir=terraform/stacks/bootstrap test
mock_provider "azurerm" {
  source = "../../mocks"
}

variables {
  region          = "westeurope"
  tags            = { owner = "platform", cost-center = "sentimark-shared" }
  owners_group_id = "88888888-8888-4888-8888-888888888888"
  repository      = { owner = "Example-Org", name = "Sentimark", owner_id = "101", id = "202" }
}

run "stack" {
  command = apply
}
