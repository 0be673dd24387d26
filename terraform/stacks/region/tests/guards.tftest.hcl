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
    jobs                     = { plan = "99999999-9999-4999-8999-000000000001", apply = "99999999-9999-4999-8999-000000000002" }
  }
  runner = { app_id = "303", installation_id = "404", image = "crexample.azurecr.io/sentimark/runner@sha256:0000000000000000000000000000000000000000000000000000000000000000" }
  shared = { registry_id = "/subscriptions/x/resourceGroups/y/providers/Microsoft.ContainerRegistry/registries/crexample", registry_host = "crexample.azurecr.io", state_account_id = "/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-sentimark-state-weu/providers/Microsoft.Storage/storageAccounts/stexample" }
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
