# Alerts from alerts.yaml, each with a severity, an owner and a runbook, all sent to the one action group.

variable "names" { type = map(string) }
variable "tags" { type = map(string) }
variable "location" { type = string }
variable "group" { type = string }
variable "product" { type = string }
variable "workspace_id" { type = string }
variable "cluster_id" { type = string }
variable "cluster_name" { type = string }

variable "metrics_id" {
  description = "The managed Prometheus workspace; null where there is none."
  type        = string
}

variable "resources" {
  description = "What metric alerts watch: resource ids by the name that alerts.yaml uses."
  type        = map(string)
}

variable "conditions" {
  description = "Which conditions of alerts.yaml hold."
  type        = set(string)
}

variable "emails" {
  type = set(string)

  validation {
    condition     = length(var.emails) >= 1
    error_message = "An alert that reaches nobody is none: name at least one address."
  }
}

variable "pipeline_object_ids" {
  description = "The identities that may use run command without an alert: exactly those that hold the role."
  type        = list(string)
}

locals {
  all   = yamldecode(file("${path.module}/alerts.yaml")).alerts
  here  = { for name, alert in local.all : name => alert if contains(var.conditions, alert.when) }
  query = { for name, alert in local.here : name => alert if alert.kind == "query" }
  # alerts.yaml's own words for a place: no template engine, so that a query may hold any sign.
  queries = {
    for name, alert in local.query : name => replace(
      replace(alert.query, "<pipeline>", join(", ", [for id in sort(var.pipeline_object_ids) : "'${id}'"])), "<product>", var.product
    )
  }
  metric     = { for name, alert in local.here : name => alert if alert.kind == "metric" }
  prometheus = { for name, alert in local.here : name => alert if alert.kind == "prometheus" }
}

resource "azurerm_monitor_action_group" "on_call" {
  name                = var.names.action_group
  resource_group_name = var.group
  short_name          = "on-call"
  enabled             = true
  tags                = var.tags

  dynamic "email_receiver" {
    for_each = var.emails
    content {
      name                    = email_receiver.value
      email_address           = email_receiver.value
      use_common_alert_schema = true
    }
  }
}

resource "azurerm_monitor_scheduled_query_rules_alert_v2" "this" {
  for_each = local.query

  name                    = each.key
  display_name            = each.value.text
  location                = var.location
  resource_group_name     = var.group
  scopes                  = [var.workspace_id]
  severity                = each.value.severity
  enabled                 = true
  evaluation_frequency    = each.value.every
  window_duration         = each.value.window
  auto_mitigation_enabled = true
  # A new workspace has none of these tables until the first record arrives.
  skip_query_validation = true
  tags                  = merge(var.tags, { runbook = each.value.runbook, alert-owner = each.value.owner })

  criteria {
    query                   = local.queries[each.key]
    operator                = "GreaterThan"
    threshold               = 0
    time_aggregation_method = "Count"
  }

  action {
    action_groups     = [azurerm_monitor_action_group.on_call.id]
    custom_properties = { runbook = each.value.runbook, owner = each.value.owner }
  }
}

resource "azurerm_monitor_metric_alert" "this" {
  for_each = local.metric

  name                = each.key
  resource_group_name = var.group
  scopes              = [var.resources[each.value.resource]]
  severity            = each.value.severity
  enabled             = true
  frequency           = each.value.every
  window_size         = each.value.window
  auto_mitigate       = true
  tags                = merge(var.tags, { runbook = each.value.runbook, alert-owner = each.value.owner })

  criteria {
    metric_namespace = each.value.namespace
    metric_name      = each.value.metric
    aggregation      = each.value.aggregation
    operator         = each.value.operator
    threshold        = each.value.threshold
  }

  action {
    action_group_id    = azurerm_monitor_action_group.on_call.id
    webhook_properties = { runbook = each.value.runbook, owner = each.value.owner }
  }
}

output "action_group_id" { value = azurerm_monitor_action_group.on_call.id }
