# Where Terraform keeps what it knows: Entra identities only, versions, deletions that can be undone, and a lock.

variable "name" { type = string }
variable "tags" { type = map(string) }
variable "location" { type = string }
variable "group" { type = string }

variable "containers" {
  description = "One for each environment, and one for what environments share."
  type        = set(string)
}

variable "public" {
  description = "Whether the account has a public address: hosted runners know no other."
  type        = bool
}

resource "azurerm_storage_account" "this" {
  name                              = var.name
  location                          = var.location
  resource_group_name               = var.group
  account_tier                      = "Standard"
  account_kind                      = "StorageV2"
  account_replication_type          = "GZRS"
  shared_access_key_enabled         = false
  default_to_oauth_authentication   = true
  local_user_enabled                = false
  public_network_access_enabled     = var.public
  allow_nested_items_to_be_public   = false
  cross_tenant_replication_enabled  = false
  https_traffic_only_enabled        = true
  infrastructure_encryption_enabled = true
  min_tls_version                   = "TLS1_2"
  tags                              = var.tags

  blob_properties {
    versioning_enabled  = true
    change_feed_enabled = true

    delete_retention_policy {
      days = 90
    }

    container_delete_retention_policy {
      days = 90
    }
  }
}

resource "azurerm_storage_container" "this" {
  for_each = var.containers

  name                  = each.key
  storage_account_id    = azurerm_storage_account.this.id
  container_access_type = "private"
}

resource "azurerm_management_lock" "this" {
  name       = "state"
  scope      = azurerm_storage_account.this.id
  lock_level = "CanNotDelete"
  notes      = "Losing this account loses what Terraform knows of every environment."
}

output "id" { value = azurerm_storage_account.this.id }
output "account" { value = azurerm_storage_account.this.name }
output "container_ids" { value = { for name, container in azurerm_storage_container.this : name => container.id } }
