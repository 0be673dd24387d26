# terraform -chdir=terraform/stacks/global test
mock_provider "azurerm" {
  source = "../../mocks"
}

variables {
  region = "westeurope"
  tags   = { owner = "platform", cost-center = "sentimark-shared" }
}

run "stack" {
  command = apply
}
