# Bad input that Terraform itself refuses, an example of each.
mock_provider "azurerm" {
  source = "../../mocks"
}

variables {
  region          = "westeurope"
  tags            = { owner = "platform", cost-center = "sentimark-shared" }
  owners_group_id = "88888888-8888-4888-8888-888888888888"
  repository      = { owner = "Example-Org", name = "Sentimark", owner_id = "101", id = "202" }
}

run "an_unknown_region" {
  command = plan

  variables {
    region        = "atlantis"
    subscriptions = { for name in keys(yamldecode(file("../../../contract/environments.yaml")).environments) : name => "x" }
  }

  expect_failures = [var.region]
}

run "a_subscription_for_an_environment_that_is_none" {
  command = plan

  variables {
    subscriptions = { qa = "x" }
  }

  expect_failures = [var.subscriptions]
}
