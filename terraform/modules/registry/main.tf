# The one registry: what was verified in one environment is the same bytes in the next, found by the same digest.

variable "name" { type = string }
variable "tags" { type = map(string) }
variable "location" { type = string }
variable "group" { type = string }

variable "replica_regions" {
  description = "The other regions that pull images."
  type        = list(string)
}

resource "azurerm_container_registry" "this" {
  name                          = var.name
  location                      = var.location
  resource_group_name           = var.group
  sku                           = "Premium"
  admin_enabled                 = false
  anonymous_pull_enabled        = false
  public_network_access_enabled = false
  network_rule_bypass_option    = "None"
  zone_redundancy_enabled       = true
  data_endpoint_enabled         = true
  retention_policy_in_days      = 30
  tags                          = var.tags

  dynamic "georeplications" {
    for_each = var.replica_regions
    content {
      location                  = georeplications.value
      zone_redundancy_enabled   = true
      regional_endpoint_enabled = true
      tags                      = var.tags
    }
  }
}

output "id" { value = azurerm_container_registry.this.id }
output "host" { value = azurerm_container_registry.this.login_server }
