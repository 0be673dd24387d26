# Where log-ship sends operational records: an endpoint, a rule and the five tables, all from contract/log-tables.yaml.

variable "names" { type = map(string) }
variable "tags" { type = map(string) }
variable "location" { type = string }
variable "group" { type = string }
variable "workspace_id" { type = string }

variable "tables" {
  description = "contract/log-tables.yaml, decoded."
  type        = object({ common = map(string), tables = map(map(string)) })
}

variable "writers" {
  description = "Object ids of the identities that send records, by name."
  type        = map(string)
}

locals {
  columns = { for table, own in var.tables.tables : table => merge(var.tables.common, own) }
}

resource "azurerm_log_analytics_workspace_table_custom_log" "this" {
  for_each = local.columns

  name                    = "${each.key}_CL"
  workspace_id            = var.workspace_id
  plan                    = "Analytics"
  retention_in_days       = 90
  total_retention_in_days = 730

  dynamic "column" {
    for_each = each.value
    content {
      name = column.key
      type = column.value
    }
  }
}

resource "azurerm_monitor_data_collection_endpoint" "this" {
  name                = var.names.data_collection_endpoint
  location            = var.location
  resource_group_name = var.group
  # Hosted runners send from outside the network. Whoever sends needs a token of an identity with the role below.
  public_network_access_enabled = true
  tags                          = var.tags
}

resource "azurerm_monitor_data_collection_rule" "this" {
  name                        = var.names.data_collection_rule
  location                    = var.location
  resource_group_name         = var.group
  data_collection_endpoint_id = azurerm_monitor_data_collection_endpoint.this.id
  tags                        = var.tags

  destinations {
    log_analytics {
      name                  = "workspace"
      workspace_resource_id = var.workspace_id
    }
  }

  dynamic "stream_declaration" {
    for_each = local.columns
    content {
      stream_name = "Custom-${stream_declaration.key}"

      dynamic "column" {
        for_each = stream_declaration.value
        content {
          name = column.key
          type = column.value == "dateTime" ? "datetime" : column.value
        }
      }
    }
  }

  dynamic "data_flow" {
    for_each = local.columns
    content {
      streams       = ["Custom-${data_flow.key}"]
      destinations  = ["workspace"]
      output_stream = "Custom-${data_flow.key}_CL"
      transform_kql = "source"
    }
  }

  depends_on = [azurerm_log_analytics_workspace_table_custom_log.this]
}

resource "azurerm_role_assignment" "writers" {
  for_each = var.writers

  scope                = azurerm_monitor_data_collection_rule.this.id
  role_definition_name = "Monitoring Metrics Publisher"
  principal_id         = each.value
  principal_type       = "ServicePrincipal"
}

output "endpoint" { value = azurerm_monitor_data_collection_endpoint.this.logs_ingestion_endpoint }
output "rule_id" { value = azurerm_monitor_data_collection_rule.this.immutable_id }
output "streams" { value = sort([for table in keys(local.columns) : "Custom-${table}"]) }
