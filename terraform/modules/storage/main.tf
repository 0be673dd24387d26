# Two accounts: the lake with a hierarchical namespace (Iceberg), which has neither versions nor point-in-time restore, and the
# account of files (flow logs, cluster backups, consumers' checkpoints) which has both.

variable "name" { type = string }
variable "tags" { type = map(string) }
variable "location" { type = string }
variable "group" { type = string }
variable "replication" { type = string }
variable "lake_container" { type = string }
variable "containers" { type = set(string) }

resource "azurerm_storage_account" "lake" {
  name                              = var.name
  location                          = var.location
  resource_group_name               = var.group
  account_tier                      = "Standard"
  account_kind                      = "StorageV2"
  account_replication_type          = var.replication
  is_hns_enabled                    = true
  shared_access_key_enabled         = false
  default_to_oauth_authentication   = true
  local_user_enabled                = false
  public_network_access_enabled     = false
  allow_nested_items_to_be_public   = false
  cross_tenant_replication_enabled  = false
  allowed_copy_scope                = "AAD"
  https_traffic_only_enabled        = true
  infrastructure_encryption_enabled = true
  min_tls_version                   = "TLS1_2"
  tags                              = var.tags

  network_rules {
    default_action = "Deny"
    bypass         = ["None"]
  }

  blob_properties {
    delete_retention_policy {
      days = 30
    }

    container_delete_retention_policy {
      days = 30
    }
  }
}

resource "azurerm_storage_account" "files" {
  name                              = replace(var.name, "/^st/", "sf")
  location                          = var.location
  resource_group_name               = var.group
  account_tier                      = "Standard"
  account_kind                      = "StorageV2"
  account_replication_type          = var.replication
  is_hns_enabled                    = false
  shared_access_key_enabled         = false
  default_to_oauth_authentication   = true
  local_user_enabled                = false
  public_network_access_enabled     = false
  allow_nested_items_to_be_public   = false
  cross_tenant_replication_enabled  = false
  allowed_copy_scope                = "AAD"
  https_traffic_only_enabled        = true
  infrastructure_encryption_enabled = true
  min_tls_version                   = "TLS1_2"
  tags                              = var.tags

  network_rules {
    default_action = "Deny"
    bypass         = ["AzureServices"] # Flow logs and cluster backups are written by Azure's own services.
  }

  blob_properties {
    versioning_enabled  = true
    change_feed_enabled = true

    delete_retention_policy {
      days = 30
    }

    container_delete_retention_policy {
      days = 30
    }

    restore_policy {
      days = 29
    }
  }
}

# By id, not by name: the call goes to the resource manager, which answers from outside the network too.
resource "azurerm_storage_container" "lake" {
  name                  = var.lake_container
  storage_account_id    = azurerm_storage_account.lake.id
  container_access_type = "private"
}

resource "azurerm_storage_container" "files" {
  for_each = var.containers

  name                  = each.key
  storage_account_id    = azurerm_storage_account.files.id
  container_access_type = "private"
}

output "lake" {
  value = {
    id           = azurerm_storage_account.lake.id
    account      = azurerm_storage_account.lake.name
    host         = azurerm_storage_account.lake.primary_dfs_host
    container    = azurerm_storage_container.lake.name
    container_id = azurerm_storage_container.lake.id
  }
}

output "files" {
  value = {
    id            = azurerm_storage_account.files.id
    account       = azurerm_storage_account.files.name
    host          = azurerm_storage_account.files.primary_blob_host
    container_ids = { for name, container in azurerm_storage_container.files : name => container.id }
  }
}
