# PostgreSQL: Entra identities only, reached through a private endpoint, with a copy in another region where asked.

variable "name" { type = string }
variable "database_name" { type = string }
variable "tags" { type = map(string) }
variable "location" { type = string }
variable "group" { type = string }
variable "tenant_id" { type = string }
variable "sku" { type = string }
variable "storage_mb" { type = number }

variable "zone_redundant" {
  type = bool
}

variable "backup_days" {
  type = number

  validation {
    condition     = var.backup_days >= 7 && var.backup_days <= 35
    error_message = "Backups are kept for 7 to 35 days."
  }
}

variable "geo_backup" {
  type = bool
}

variable "replica_region" {
  description = "Where a read replica stands; null for none."
  type        = string
}

variable "administrators" {
  description = "Entra principals that may administer the server: type and object id by name."
  type        = map(object({ type = string, object_id = string }))
}

resource "azurerm_postgresql_flexible_server" "this" {
  name                          = var.name
  location                      = var.location
  resource_group_name           = var.group
  version                       = "17"
  sku_name                      = var.sku
  storage_mb                    = var.storage_mb
  auto_grow_enabled             = true
  backup_retention_days         = var.backup_days
  geo_redundant_backup_enabled  = var.geo_backup
  public_network_access_enabled = false
  zone                          = "1"
  tags                          = var.tags

  authentication {
    active_directory_auth_enabled = true
    password_auth_enabled         = false
    tenant_id                     = var.tenant_id
  }

  dynamic "high_availability" {
    for_each = var.zone_redundant ? ["ZoneRedundant"] : []
    content {
      mode                      = high_availability.value
      standby_availability_zone = "2"
    }
  }

  maintenance_window {
    day_of_week  = 0
    start_hour   = 2
    start_minute = 0
  }

  lifecycle {
    # After a failover the standby's zone is the primary's: that is no change to undo.
    ignore_changes = [zone, high_availability[0].standby_availability_zone]
  }
}

resource "azurerm_postgresql_flexible_server_active_directory_administrator" "this" {
  for_each = var.administrators

  server_name         = azurerm_postgresql_flexible_server.this.name
  resource_group_name = var.group
  tenant_id           = var.tenant_id
  object_id           = each.value.object_id
  principal_name      = each.key
  principal_type      = each.value.type
}

resource "azurerm_postgresql_flexible_server_database" "this" {
  name      = var.database_name
  server_id = azurerm_postgresql_flexible_server.this.id
  charset   = "UTF8"
  collation = "en_US.utf8"
}

resource "azurerm_postgresql_flexible_server_configuration" "this" {
  for_each = {
    require_secure_transport     = "on"
    log_checkpoints              = "on"
    "connection_throttle.enable" = "on"
    "azure.extensions"           = "PGAUDIT"
  }

  name      = each.key
  server_id = azurerm_postgresql_flexible_server.this.id
  value     = each.value
}

resource "azurerm_postgresql_flexible_server" "replica" {
  count = var.replica_region == null ? 0 : 1

  name                          = "${var.name}-copy"
  location                      = var.replica_region
  resource_group_name           = var.group
  create_mode                   = "Replica"
  source_server_id              = azurerm_postgresql_flexible_server.this.id
  version                       = "17"
  sku_name                      = var.sku
  storage_mb                    = var.storage_mb
  auto_grow_enabled             = true
  public_network_access_enabled = false
  tags                          = var.tags

  authentication {
    active_directory_auth_enabled = true
    password_auth_enabled         = false
    tenant_id                     = var.tenant_id
  }

  lifecycle {
    ignore_changes = [zone]
  }
}

output "id" { value = azurerm_postgresql_flexible_server.this.id }
output "host" { value = azurerm_postgresql_flexible_server.this.fqdn }
output "replica_id" { value = one(azurerm_postgresql_flexible_server.replica[*].id) }
