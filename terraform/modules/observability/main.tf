# Where signals of one environment in one region go: a workspace of its own (quota, retention and readers differ), Application
# Insights on it, and where asked managed Prometheus with Grafana.

variable "names" { type = map(string) }
variable "tags" { type = map(string) }
variable "location" { type = string }
variable "group" { type = string }
variable "retention_days" { type = number }

variable "daily_quota_gb" {
  description = "-1 for none."
  type        = number
}

variable "full" {
  description = "Managed Prometheus and Grafana too."
  type        = bool
}

variable "zone_redundant" {
  type = bool
}

resource "azurerm_log_analytics_workspace" "this" {
  name                            = var.names.workspace
  location                        = var.location
  resource_group_name             = var.group
  sku                             = "PerGB2018"
  retention_in_days               = var.retention_days
  daily_quota_gb                  = var.daily_quota_gb
  allow_resource_only_permissions = true
  local_authentication_enabled    = false
  tags                            = var.tags
}

resource "azurerm_application_insights" "this" {
  name                         = var.names.application_insights
  location                     = var.location
  resource_group_name          = var.group
  application_type             = "web"
  workspace_id                 = azurerm_log_analytics_workspace.this.id
  retention_in_days            = 90
  ip_masking_enabled           = true
  local_authentication_enabled = false
  tags                         = var.tags
}

resource "azurerm_monitor_workspace" "this" {
  count = var.full ? 1 : 0

  name                          = var.names.monitor_workspace
  location                      = var.location
  resource_group_name           = var.group
  public_network_access_enabled = false
  tags                          = var.tags
}

resource "azurerm_dashboard_grafana" "this" {
  count = var.full ? 1 : 0

  name                              = var.names.grafana
  location                          = var.location
  resource_group_name               = var.group
  grafana_major_version             = "11"
  sku                               = "Standard"
  zone_redundancy_enabled           = var.zone_redundant
  api_key_enabled                   = false
  deterministic_outbound_ip_enabled = true
  public_network_access_enabled     = false
  tags                              = var.tags

  identity {
    type = "SystemAssigned"
  }

  azure_monitor_workspace_integrations {
    resource_id = azurerm_monitor_workspace.this[0].id
  }
}

resource "azurerm_dashboard_grafana_managed_private_endpoint" "metrics" {
  count = var.full ? 1 : 0

  name                         = "metrics"
  grafana_id                   = azurerm_dashboard_grafana.this[0].id
  location                     = var.location
  private_link_resource_id     = azurerm_monitor_workspace.this[0].id
  private_link_resource_region = var.location
  group_ids                    = ["prometheusMetrics"]
  tags                         = var.tags
}

resource "azurerm_role_assignment" "grafana_metrics" {
  count = var.full ? 1 : 0

  scope                = azurerm_monitor_workspace.this[0].id
  role_definition_name = "Monitoring Data Reader"
  principal_id         = azurerm_dashboard_grafana.this[0].identity[0].principal_id
  principal_type       = "ServicePrincipal"
}

output "workspace" {
  value = {
    id           = azurerm_log_analytics_workspace.this.id
    workspace_id = azurerm_log_analytics_workspace.this.workspace_id
  }
}

output "application_insights_id" { value = azurerm_application_insights.this.id }

output "metrics" {
  description = "null where there is no managed Prometheus."
  value = var.full ? {
    id         = azurerm_monitor_workspace.this[0].id
    rule_id    = azurerm_monitor_workspace.this[0].default_data_collection_rule_id
    grafana_id = azurerm_dashboard_grafana.this[0].id
  } : null
}
