# Azure Managed Redis (the older Azure Cache for Redis is being retired), Entra identities only.

variable "name" { type = string }
variable "tags" { type = map(string) }
variable "location" { type = string }
variable "group" { type = string }
variable "sku" { type = string }

variable "highly_available" {
  type = bool
}

variable "copy_region" {
  description = "Where a geo-replicated copy stands; null for none."
  type        = string
}

variable "users" {
  description = "Object ids of the identities that may use the data, by service."
  type        = map(string)
}

locals {
  instances = merge({ primary = { name = var.name, location = var.location } }, var.copy_region == null ? {} : { copy = { name = "${var.name}-copy", location = var.copy_region } })
}

resource "azurerm_managed_redis" "this" {
  for_each = local.instances

  name                      = each.value.name
  location                  = each.value.location
  resource_group_name       = var.group
  sku_name                  = var.sku
  high_availability_enabled = var.highly_available
  public_network_access     = "Disabled"
  tags                      = var.tags

  default_database {
    access_keys_authentication_enabled = false
    client_protocol                    = "Encrypted"
    clustering_policy                  = "EnterpriseCluster"
    eviction_policy                    = "VolatileLRU"
    geo_replication_group_name         = var.copy_region == null ? null : var.name
  }
}

resource "azurerm_managed_redis_geo_replication" "this" {
  count = var.copy_region == null ? 0 : 1

  managed_redis_id         = azurerm_managed_redis.this["primary"].id
  linked_managed_redis_ids = [azurerm_managed_redis.this["copy"].id]
}

resource "azurerm_managed_redis_access_policy_assignment" "this" {
  for_each = var.users

  managed_redis_id = azurerm_managed_redis.this["primary"].id
  object_id        = each.value
}

output "ids" { value = { for name, redis in azurerm_managed_redis.this : name => redis.id } }
output "host" { value = azurerm_managed_redis.this["primary"].hostname }
output "port" { value = 10000 }
