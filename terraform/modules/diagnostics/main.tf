# Every resource's own log, sent to the workspace.

variable "workspace_id" { type = string }

variable "targets" {
  description = "Resource ids by a short name; categories empty for all logs."
  type        = map(object({ id = string, categories = optional(list(string), []), metrics = optional(bool, true) }))
}

resource "azurerm_monitor_diagnostic_setting" "this" {
  for_each = var.targets

  name                           = "to-workspace"
  target_resource_id             = each.value.id
  log_analytics_workspace_id     = var.workspace_id
  log_analytics_destination_type = "Dedicated"

  dynamic "enabled_log" {
    for_each = length(each.value.categories) == 0 ? ["allLogs"] : []
    content {
      category_group = enabled_log.value
    }
  }

  dynamic "enabled_log" {
    for_each = each.value.categories
    content {
      category = enabled_log.value
    }
  }

  dynamic "enabled_metric" {
    for_each = each.value.metrics ? ["AllMetrics"] : []
    content {
      category = enabled_metric.value
    }
  }
}
