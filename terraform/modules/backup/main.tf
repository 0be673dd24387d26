# Backups that outlive the servers' own: the database's long-term copies, and where asked the cluster's objects and volumes.

variable "names" { type = map(string) }
variable "tags" { type = map(string) }
variable "location" { type = string }
variable "group" { type = string }
variable "group_id" { type = string }
variable "redundancy" { type = string }
variable "cross_region_restore" { type = bool }
variable "database_id" { type = string }
variable "namespaces" { type = list(string) }

variable "cluster" {
  type = object({ id = string, identity_principal_id = string })
}

variable "store" {
  description = "The account and container that the cluster's backup extension writes to."
  type        = object({ id = string, account = string, container = string, group = string, subscription_id = string })
}

resource "azurerm_resource_group" "snapshots" {
  name     = "${var.group}-snapshots"
  location = var.location
  tags     = var.tags
}

resource "azurerm_data_protection_backup_vault" "this" {
  name                         = var.names.backup_vault
  location                     = var.location
  resource_group_name          = var.group
  datastore_type               = "VaultStore"
  redundancy                   = var.redundancy
  cross_region_restore_enabled = var.cross_region_restore ? true : null
  immutability                 = "Unlocked"
  soft_delete                  = "On"
  retention_duration_in_days   = 30
  tags                         = var.tags

  identity {
    type = "SystemAssigned"
  }
}

resource "azurerm_data_protection_backup_policy_postgresql_flexible_server" "this" {
  name                            = "weekly"
  vault_id                        = azurerm_data_protection_backup_vault.this.id
  backup_repeating_time_intervals = ["R/2026-01-04T02:00:00+00:00/P1W"]
  time_zone                       = "UTC"

  default_retention_rule {
    life_cycle {
      data_store_type = "VaultStore"
      duration        = "P6M"
    }
  }
}

resource "azurerm_data_protection_backup_instance_postgresql_flexible_server" "this" {
  name             = "database"
  location         = var.location
  vault_id         = azurerm_data_protection_backup_vault.this.id
  server_id        = var.database_id
  backup_policy_id = azurerm_data_protection_backup_policy_postgresql_flexible_server.this.id

  depends_on = [azurerm_role_assignment.vault]
}

resource "azurerm_kubernetes_cluster_extension" "backup" {
  name           = "azure-aks-backup"
  cluster_id     = var.cluster.id
  extension_type = "microsoft.dataprotection.kubernetes"

  configuration_settings = {
    "configuration.backupStorageLocation.bucket"                = var.store.container
    "configuration.backupStorageLocation.config.storageAccount" = var.store.account
    "configuration.backupStorageLocation.config.resourceGroup"  = var.store.group
    "configuration.backupStorageLocation.config.subscriptionId" = var.store.subscription_id
    "configuration.backupStorageLocation.config.useAAD"         = "true"
  }
}

resource "azurerm_kubernetes_cluster_trusted_access_role_binding" "backup" {
  name                  = "backup"
  kubernetes_cluster_id = var.cluster.id
  roles                 = ["Microsoft.DataProtection/backupVaults/backup-operator"]
  source_resource_id    = azurerm_data_protection_backup_vault.this.id
}

locals {
  vault_identity = azurerm_data_protection_backup_vault.this.identity[0].principal_id
  # Without each of these the first backup fails, and says so hours later.
  vault_roles = {
    cluster         = { role = "Reader", scope = var.cluster.id }
    snapshots       = { role = "Reader", scope = azurerm_resource_group.snapshots.id }
    snapshot_disks  = { role = "Disk Snapshot Contributor", scope = azurerm_resource_group.snapshots.id }
    snapshot_data   = { role = "Data Operator for Managed Disks", scope = azurerm_resource_group.snapshots.id }
    store           = { role = "Storage Blob Data Reader", scope = var.store.id }
    database        = { role = "PostgreSQL Flexible Server Long Term Retention Backup Role", scope = var.database_id }
    database_reader = { role = "Reader", scope = var.group_id }
  }
}

resource "azurerm_role_assignment" "vault" {
  for_each = local.vault_roles

  scope                = each.value.scope
  role_definition_name = each.value.role
  principal_id         = local.vault_identity
  principal_type       = "ServicePrincipal"
}

resource "azurerm_role_assignment" "extension" {
  scope                = var.store.id
  role_definition_name = "Storage Blob Data Contributor"
  principal_id         = azurerm_kubernetes_cluster_extension.backup.aks_assigned_identity[0].principal_id
  principal_type       = "ServicePrincipal"
}

resource "azurerm_role_assignment" "cluster_snapshots" {
  scope                = azurerm_resource_group.snapshots.id
  role_definition_name = "Contributor"
  principal_id         = var.cluster.identity_principal_id
  principal_type       = "ServicePrincipal"
}

# The vault tier of cluster backups lies outside azurerm: this policy keeps snapshots in the region.
resource "azurerm_data_protection_backup_policy_kubernetes_cluster" "this" {
  name                            = "every-four-hours"
  resource_group_name             = var.group
  vault_name                      = azurerm_data_protection_backup_vault.this.name
  backup_repeating_time_intervals = ["R/2026-01-01T00:00:00+00:00/PT4H"]
  time_zone                       = "UTC"

  default_retention_rule {
    life_cycle {
      data_store_type = "OperationalStore"
      duration        = "P14D"
    }
  }
}

resource "azurerm_data_protection_backup_instance_kubernetes_cluster" "this" {
  name                         = "cluster"
  location                     = var.location
  vault_id                     = azurerm_data_protection_backup_vault.this.id
  kubernetes_cluster_id        = var.cluster.id
  snapshot_resource_group_name = azurerm_resource_group.snapshots.name
  backup_policy_id             = azurerm_data_protection_backup_policy_kubernetes_cluster.this.id

  backup_datasource_parameters {
    cluster_scoped_resources_enabled = true
    volume_snapshot_enabled          = true
    included_namespaces              = var.namespaces
  }

  depends_on = [azurerm_role_assignment.vault, azurerm_role_assignment.extension, azurerm_role_assignment.cluster_snapshots, azurerm_kubernetes_cluster_trusted_access_role_binding.backup]
}

output "vault_id" { value = azurerm_data_protection_backup_vault.this.id }
