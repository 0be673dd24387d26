# terraform -chdir=terraform/stacks/edge test
mock_provider "azurerm" {
  source = "../../mocks"
}

variables {
  tags = { owner = "platform", cost-center = "sentimark-edge" }
}

run "stack" {
  command = apply
}
