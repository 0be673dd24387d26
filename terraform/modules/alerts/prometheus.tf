# In a file of its own: one argument is called `for`, a word that checkov's parser stumbles over.

resource "azurerm_monitor_alert_prometheus_rule_group" "this" {
  count = length(local.prometheus) > 0 ? 1 : 0

  name                = "services"
  location            = var.location
  resource_group_name = var.group
  cluster_name        = var.cluster_name
  scopes              = [var.metrics_id, var.cluster_id]
  rule_group_enabled  = true
  interval            = "PT1M"
  tags                = var.tags

  dynamic "rule" {
    for_each = local.prometheus
    content {
      alert       = rule.key
      enabled     = true
      expression  = rule.value.expression
      for         = rule.value.for
      severity    = rule.value.severity
      labels      = { owner = rule.value.owner }
      annotations = { summary = rule.value.text, runbook = rule.value.runbook }

      action {
        action_group_id = azurerm_monitor_action_group.on_call.id
      }

      alert_resolution {
        auto_resolved   = true
        time_to_resolve = "PT10M"
      }
    }
  }
}
