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
    jobs   = merge([for name in keys(yamldecode(file("../../../contract/environments.yaml")).environments) : { "${name}-plan" = "p", "${name}-apply" = "a" }]...)
  }

  expect_failures = [var.region]
}

run "an_environment_without_its_identities" {
  command = plan

  variables {
    jobs = { "dev-plan" = "p" }
  }

  expect_failures = [var.jobs]
}
