mock_provider "azurerm" {
  source = "../../mocks"
}

variables {
  name         = "id-x"
  tags         = {}
  location     = "westeurope"
  group        = "rg-x"
  environments = ["dev"]
  repository   = { owner = "Example-Org", name = "Sentimark", owner_id = "101", id = "202" }
}

run "two_subjects_for_an_environment" {
  command = apply

  assert {
    condition     = toset([for credential in azurerm_federated_identity_credential.this : credential.subject]) == toset(["repo:Example-Org/Sentimark:environment:dev", "repo:Example-Org@101/Sentimark@202:environment:dev"])
    error_message = "Both forms, the case kept."
  }
}

run "more_than_twenty_credentials" {
  command = plan

  variables {
    environments = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"]
  }

  expect_failures = [var.environments]
}
