# Private zones of one network: an environment never resolves another one's private endpoints.

variable "tags" { type = map(string) }
variable "location" { type = string }
variable "group" { type = string }
variable "network_id" { type = string }

locals {
  zones = {
    cluster    = "privatelink.${var.location}.azmk8s.io"
    registry   = "privatelink.azurecr.io"
    vault      = "privatelink.vaultcore.azure.net"
    database   = "privatelink.postgres.database.azure.com"
    redis      = "privatelink.redis.azure.net"
    events     = "privatelink.servicebus.windows.net"
    blob       = "privatelink.blob.core.windows.net"
    dfs        = "privatelink.dfs.core.windows.net"
    grafana    = "privatelink.grafana.azure.com"
    prometheus = "privatelink.${var.location}.prometheus.monitor.azure.com"
  }
}

resource "azurerm_private_dns_zone" "this" {
  for_each = local.zones

  name                = each.value
  resource_group_name = var.group
  tags                = var.tags
}

resource "azurerm_private_dns_zone_virtual_network_link" "this" {
  for_each = local.zones

  name                  = "network"
  resource_group_name   = var.group
  private_dns_zone_name = azurerm_private_dns_zone.this[each.key].name
  virtual_network_id    = var.network_id
  registration_enabled  = false
  tags                  = var.tags
}

output "zone_ids" {
  value = { for name, zone in azurerm_private_dns_zone.this : name => zone.id }
}
