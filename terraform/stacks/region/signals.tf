# Logs, metrics and alerts.

locals {
  # The cluster's categories one by one: guard's and the audit of administrators are the ones an investigation needs first.
  cluster_logs = [
    "kube-apiserver", "kube-audit", "kube-audit-admin", "kube-controller-manager", "kube-scheduler", "cluster-autoscaler",
    "cloud-controller-manager", "guard", "csi-azuredisk-controller", "csi-azurefile-controller", "csi-snapshot-controller",
  ]
  diagnostics = merge(
    {
      cluster       = { id = module.cluster.id, categories = local.cluster_logs }
      network       = { id = module.network.id }
      firewall      = { id = module.firewall.id }
      vault         = { id = module.vault.id }
      database      = { id = module.database.id }
      redis         = { id = "${module.redis.ids["primary"]}/databases/default" }
      lake          = { id = "${module.storage.lake.id}/blobServices/default" }
      files         = { id = "${module.storage.files.id}/blobServices/default" }
      app_insights  = { id = module.observability.application_insights_id }
      log_workspace = { id = module.observability.workspace.id }
    },
    var.events == null ? {} : { events = { id = module.events[0].ids["primary"] } },
    var.backup == null ? {} : { backup_vault = { id = module.backup[0].vault_id } },
    var.operators_eligible_days == null ? {} : { bastion = { id = module.operators[0].bastion_id } },
    length(module.runners) == 0 ? {} : { runners = { id = module.runners[0].environment_id } },
    var.logs.full ? { grafana = { id = module.observability.metrics.grafana_id } } : {},
    # Who changed what in the subscription: the alert on run command reads it.
    {
      subscription = {
        id         = "/subscriptions/${data.azurerm_client_config.current.subscription_id}"
        categories = ["Administrative", "Security", "Policy", "ResourceHealth", "ServiceHealth", "Alert"]
        metrics    = false
      }
    },
  )
}

module "observability" {
  source = "../../modules/observability"

  names          = module.naming.names
  tags           = module.naming.tags
  location       = var.region
  group          = azurerm_resource_group.this.name
  retention_days = var.logs.retention_days
  daily_quota_gb = var.logs.daily_quota_gb
  full           = var.logs.full
  zone_redundant = var.zone_redundant
}

module "logs_ingestion" {
  source = "../../modules/logs_ingestion"

  names        = module.naming.names
  tags         = module.naming.tags
  location     = var.region
  group        = azurerm_resource_group.this.name
  workspace_id = module.observability.workspace.id
  tables       = yamldecode(file("${path.module}/../../../contract/log-tables.yaml"))
  writers = merge(
    { deploy = module.pipeline_identities["deploy"].object_id, platform = module.pipeline_identities["platform"].object_id },
    { for name in ["data-tier", local.migrations] : name => module.service_identities[name].object_id if contains(keys(local.services), name) },
  )
}

module "diagnostics" {
  source = "../../modules/diagnostics"

  workspace_id = module.observability.workspace.id
  targets      = local.diagnostics
}

module "flow_logs" {
  source = "../../modules/flow_logs"

  names              = module.naming.names
  tags               = module.naming.tags
  location           = var.region
  network_id         = module.network.id
  storage_account_id = module.storage.files.id
  workspace          = module.observability.workspace
}

# The cluster's own metrics go to managed Prometheus, where there is one.
resource "azurerm_monitor_data_collection_rule_association" "metrics" {
  count = var.logs.full ? 1 : 0

  name                    = "metrics"
  target_resource_id      = module.cluster.id
  data_collection_rule_id = module.observability.metrics.rule_id
}

# Inventory and events of the cluster: alerts on nodes and pods read them.
resource "azurerm_monitor_data_collection_rule" "inventory" {
  name                = "${module.naming.names.data_collection_rule}-inventory"
  location            = var.region
  resource_group_name = azurerm_resource_group.this.name
  kind                = "Linux"
  tags                = module.naming.tags

  destinations {
    log_analytics {
      name                  = "workspace"
      workspace_resource_id = module.observability.workspace.id
    }
  }

  data_sources {
    extension {
      name           = "inventory"
      extension_name = "ContainerInsights"
      streams        = ["Microsoft-ContainerInsights-Group-Default"]
    }
  }

  data_flow {
    streams      = ["Microsoft-ContainerInsights-Group-Default"]
    destinations = ["workspace"]
  }
}

resource "azurerm_monitor_data_collection_rule_association" "inventory" {
  name                    = "inventory"
  target_resource_id      = module.cluster.id
  data_collection_rule_id = azurerm_monitor_data_collection_rule.inventory.id
}

module "alerts" {
  source = "../../modules/alerts"

  names        = module.naming.names
  tags         = module.naming.tags
  location     = var.region
  group        = azurerm_resource_group.this.name
  product      = local.product
  workspace_id = module.observability.workspace.id
  cluster_id   = module.cluster.id
  cluster_name = module.cluster.name
  metrics_id   = var.logs.full ? module.observability.metrics.id : null
  emails       = var.tenant.alert_emails
  resources = merge(
    { database = module.database.id, redis = module.redis.ids["primary"], lake = module.storage.lake.id },
    var.events == null ? {} : { events = module.events[0].ids["primary"] },
  )
  conditions = concat(["always"],
    var.events == null ? [] : ["events"],
    var.backup == null ? [] : ["backup"],
    var.logs.full ? ["full_monitoring"] : [],
    var.database.copy ? ["copies"] : [],
    local.environment.power == null ? [] : ["power"],
  )
  pipeline_object_ids = [for role in ["deploy", "platform"] : module.pipeline_identities[role].object_id]
}
