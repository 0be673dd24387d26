mock_provider "azurerm" {
  source = "../../mocks"
}

variables {
  name           = "psql-x"
  database_name  = "x"
  tags           = {}
  location       = "westeurope"
  group          = "rg-x"
  tenant_id      = "t"
  sku            = "GP_Standard_D2ds_v5"
  storage_mb     = 32768
  zone_redundant = false
  backup_days    = 7
  geo_backup     = false
  replica_region = null
  administrators = {}
}

run "backups_for_too_few_days" {
  command = plan

  variables {
    backup_days = 3
  }

  expect_failures = [var.backup_days]
}
