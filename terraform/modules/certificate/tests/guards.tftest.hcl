mock_provider "azurerm" {
  source = "../../mocks"
}

variables {
  name     = "gateway-tls"
  vault_id = "v"
  tags     = {}
  hosts    = ["dev.example.com"]
  issuer   = "Self"
  makers   = { apply = "a", plan = "p" }
}

run "a_certificate_that_nobody_renews" {
  command = plan

  variables {
    issuer = "Unknown"
  }

  expect_failures = [var.issuer]
}
