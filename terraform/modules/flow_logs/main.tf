# Who talked to whom on the network, kept in the account and readable in the workspace.

variable "names" { type = map(string) }
variable "tags" { type = map(string) }
variable "location" { type = string }
variable "network_id" { type = string }
variable "storage_account_id" { type = string }
variable "workspace" {
  type = object({ id = string, workspace_id = string })
}

resource "azurerm_network_watcher_flow_log" "this" {
  name                 = "flow-${var.names.virtual_network}"
  location             = var.location
  network_watcher_name = "NetworkWatcher_${var.location}" # Azure makes this one, in this group, with the first network.
  resource_group_name  = "NetworkWatcherRG"
  target_resource_id   = var.network_id
  storage_account_id   = var.storage_account_id
  enabled              = true
  version              = 2
  tags                 = var.tags

  retention_policy {
    enabled = true
    days    = 90
  }

  traffic_analytics {
    enabled               = true
    workspace_id          = var.workspace.workspace_id
    workspace_region      = var.location
    workspace_resource_id = var.workspace.id
    interval_in_minutes   = 60
  }
}
