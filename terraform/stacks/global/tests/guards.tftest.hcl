# Bad input that Terraform itself refuses, an example of each.
mock_provider "azurerm" {
  source = "../../mocks"
}

variables {
  region = "westeurope"
  tags   = { owner = "platform", cost-center = "sentimark-shared" }
}

run "an_unknown_region" {
  command = plan

  variables {
    region = "atlantis"
  }

  expect_failures = [var.region]
}
