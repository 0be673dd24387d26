mock_provider "azurerm" {
  source = "../../mocks"
}

variables {
  names               = { action_group = "ag-x" }
  tags                = {}
  location            = "westeurope"
  group               = "rg-x"
  product             = "sentimark"
  workspace_id        = "w"
  cluster_id          = "c"
  cluster_name        = "n"
  metrics_id          = null
  resources           = { database = "d", redis = "r", lake = "l" }
  conditions          = ["always"]
  pipeline_object_ids = ["p"]
}

run "alerts_that_reach_nobody" {
  command = plan

  variables {
    emails = []
  }

  expect_failures = [var.emails]
}
