mock_provider "azurerm" {
  source = "../../mocks"
}

variables {
  names          = { identity = "id-x", container_app_environment = "cae-x", container_app_job = "caj-x" }
  tags           = {}
  location       = "westeurope"
  group          = "rg-x"
  network_name   = "vnet-x"
  range          = "10.10.6.192/26"
  route_table_id = "t"
  zone_redundant = false
  registry       = { id = "r", host = "crexample.azurecr.io" }
  vault          = { id = "v", url = "https://kv-x.vault.azure.net/" }
  label          = "x"
  most           = 5
  github         = { owner = "Example-Org", repository = "Sentimark", app_id = "1", installation_id = "2", image = "crexample.azurecr.io/runner@sha256:0000000000000000000000000000000000000000000000000000000000000000" }
}

run "sound_runners" {
  command = apply
}

run "an_image_that_may_change" {
  command = plan

  variables {
    github = { owner = "Example-Org", repository = "Sentimark", app_id = "1", installation_id = "2", image = "crexample.azurecr.io/runner:latest" }
  }

  expect_failures = [var.github]
}

run "more_runners_than_addresses" {
  command = plan

  variables {
    most = 500
  }

  expect_failures = [var.most]
}
