# What a mocked provider answers where code reads into an answer; all else is a random word, different for each resource.
mock_data "azurerm_client_config" {
  defaults = {
    tenant_id       = "11111111-1111-4111-8111-111111111111"
    subscription_id = "22222222-2222-4222-8222-222222222222"
    object_id       = "44444444-4444-4444-8444-444444444444"
  }
}

mock_resource "azurerm_firewall" {
  defaults = {
    ip_configuration = { private_ip_address = "10.10.5.4" }
  }
}

mock_resource "azurerm_kubernetes_cluster_extension" {
  defaults = {
    aks_assigned_identity = [{ principal_id = "55555555-5555-4555-8555-555555555555", tenant_id = "11111111-1111-4111-8111-111111111111", type = "SystemAssigned" }]
  }
}

mock_resource "azurerm_key_vault" {
  defaults = {
    vault_uri = "https://vault.example.net/"
  }
}
