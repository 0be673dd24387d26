# What a month may cost, who hears of it, and in PROD a notice of anything unusual.

variable "name" { type = string }
variable "group_id" { type = string }
variable "action_group_id" { type = string }
variable "amount" { type = number }
variable "start_date" { type = string }
variable "anomaly_emails" {
  description = "Who hears of anomalies; empty for no anomaly alert."
  type        = set(string)
}

resource "azurerm_consumption_budget_resource_group" "this" {
  name              = var.name
  resource_group_id = var.group_id
  amount            = var.amount
  time_grain        = "Monthly"

  time_period {
    start_date = var.start_date
  }

  notification {
    operator       = "GreaterThan"
    threshold      = 80
    threshold_type = "Actual"
    contact_groups = [var.action_group_id]
  }

  notification {
    operator       = "GreaterThan"
    threshold      = 100
    threshold_type = "Forecasted"
    contact_groups = [var.action_group_id]
  }

  lifecycle {
    # Azure moves the start on with the months.
    ignore_changes = [time_period]
  }
}

resource "azurerm_cost_anomaly_alert" "this" {
  count = length(var.anomaly_emails) > 0 ? 1 : 0

  name            = "anomaly"
  display_name    = "Unusual cost of ${var.name}"
  email_subject   = "Unusual cost of ${var.name}"
  email_addresses = var.anomaly_emails
}
