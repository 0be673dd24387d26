# Bad input that Terraform itself refuses, an example of each: terraform test -filter=tests/guards.tftest.hcl -var-file=<an environment's tfvars>

mock_provider "azurerm" {
  source = "../../mocks"
}

variables {
  tenant = {
    operators_group_id       = "66666666-6666-4666-8666-666666666666"
    database_admins_group_id = "77777777-7777-4777-8777-777777777777"
    alert_emails             = ["on-call@example.com"]
    repository               = { owner = "Example-Org", name = "Sentimark", owner_id = "101", id = "202" }
  }
  shared = { registry_id = "/subscriptions/x/resourceGroups/y/providers/Microsoft.ContainerRegistry/registries/crexample", registry_host = "crexample.azurecr.io" }
}

run "an_unknown_environment" {
  command = plan

  variables {
    environment = "qa"
  }

  expect_failures = [var.environment]
}

run "an_unknown_region" {
  command = plan

  variables {
    region = "atlantis"
  }

  expect_failures = [var.region]
}

run "events_against_the_contract" {
  command = plan

  variables {
    environment = "dev"
    region      = "westeurope"
    events      = { sku = "Standard", capacity = 1, copy = false }
  }

  expect_failures = [var.events]
}
