# terraform -chdir=terraform/stacks/region test -var-file=../../environments/<environment>/<region>.tfvars
# One environment as its tfvars describe it. tests/terraform judges what comes out of this run.

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
  shared = { registry_id = "/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-sentimark-shared-weu/providers/Microsoft.ContainerRegistry/registries/crexample", registry_host = "crexample.azurecr.io", state_account_id = "/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-sentimark-state-weu/providers/Microsoft.Storage/storageAccounts/stexample" }
}

run "environment" {
  command = apply
}
