# Bad input that Terraform itself refuses, an example of each.
mock_provider "azurerm" {
  source = "../../mocks"
}

variables {
  environment = "prod"
  region      = "westeurope"
  tags        = { owner = "platform", cost-center = "sentimark-edge" }
  origins     = { westeurope = { host = "weu.example.com", node_group = "nodes", priority = 1 } }
}

run "an_unknown_region" {
  command = plan

  variables {
    region = "atlantis"
  }

  expect_failures = [var.region]
}

run "an_unknown_environment" {
  command = plan

  variables {
    environment = "qa"
  }

  expect_failures = [var.environment]
}

run "an_origin_where_the_environment_has_no_cluster" {
  command = plan

  variables {
    origins = { northeurope = { host = "neu.example.com", node_group = "nodes", priority = 2 } }
  }

  expect_failures = [var.origins]
}
