# Secrets and certificates of one environment in one region, readable by role and from inside the network only.

variable "name" { type = string }
variable "tags" { type = map(string) }
variable "location" { type = string }
variable "group" { type = string }
variable "tenant_id" { type = string }
variable "sku" { type = string }

resource "azurerm_key_vault" "this" {
  name                          = var.name
  location                      = var.location
  resource_group_name           = var.group
  tenant_id                     = var.tenant_id
  sku_name                      = var.sku
  rbac_authorization_enabled    = true
  purge_protection_enabled      = true
  soft_delete_retention_days    = 90
  public_network_access_enabled = false
  tags                          = var.tags

  network_acls {
    default_action = "Deny"
    bypass         = "None"
  }
}

output "id" { value = azurerm_key_vault.this.id }
output "name" { value = azurerm_key_vault.this.name }
output "url" { value = azurerm_key_vault.this.vault_uri }
