# Event Hubs. The disaster alias copies hubs, groups and settings, not events: producers must be able to send again.

variable "name" { type = string }
variable "tags" { type = map(string) }
variable "location" { type = string }
variable "group" { type = string }
variable "sku" { type = string }
variable "capacity" { type = number }

variable "most_units" {
  description = "Up to how many throughput units Standard grows by itself; null where it does not."
  type        = number
}

variable "hubs" {
  type = map(object({ consumer_groups = list(string) }))
}

variable "copy_region" {
  description = "Where the namespace behind the alias stands; null for none."
  type        = string
}

locals {
  namespaces = merge({ primary = { name = var.name, location = var.location } }, var.copy_region == null ? {} : { copy = { name = "${var.name}-copy", location = var.copy_region } })
  groups     = merge([for hub, settings in var.hubs : { for group in settings.consumer_groups : "${hub}/${group}" => { hub = hub, group = group } }]...)
}

resource "azurerm_eventhub_namespace" "this" {
  for_each = local.namespaces

  name                          = each.value.name
  location                      = each.value.location
  resource_group_name           = var.group
  sku                           = var.sku
  capacity                      = var.capacity
  auto_inflate_enabled          = var.most_units != null
  maximum_throughput_units      = var.most_units
  local_authentication_enabled  = false
  public_network_access_enabled = false
  minimum_tls_version           = "1.2"
  tags                          = var.tags
}

resource "azurerm_eventhub" "this" {
  for_each = var.hubs

  name            = each.key
  namespace_id    = azurerm_eventhub_namespace.this["primary"].id
  partition_count = 4

  retention_description {
    cleanup_policy          = "Delete"
    retention_time_in_hours = 168
  }
}

resource "azurerm_eventhub_consumer_group" "this" {
  for_each = local.groups

  name                = each.value.group
  eventhub_name       = azurerm_eventhub.this[each.value.hub].name
  namespace_name      = azurerm_eventhub_namespace.this["primary"].name
  resource_group_name = var.group
}

resource "azurerm_eventhub_namespace_disaster_recovery_config" "this" {
  count = var.copy_region == null ? 0 : 1

  name                 = "${var.name}-alias"
  namespace_name       = azurerm_eventhub_namespace.this["primary"].name
  resource_group_name  = var.group
  partner_namespace_id = azurerm_eventhub_namespace.this["copy"].id
}

output "ids" { value = { for name, namespace in azurerm_eventhub_namespace.this : name => namespace.id } }
output "hub_ids" { value = { for name, hub in azurerm_eventhub.this : name => hub.id } }
# Clients use the alias where there is one: a failover then changes no setting of theirs.
output "host" { value = "${var.copy_region == null ? var.name : "${var.name}-alias"}.servicebus.windows.net" }
