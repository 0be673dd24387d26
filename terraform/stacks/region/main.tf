data "azurerm_client_config" "current" {}

locals {
  contract    = yamldecode(file("${path.module}/../../../contract/environments.yaml"))
  environment = local.contract.environments[var.environment]
  place       = local.contract.regions[var.region]
  zones       = var.zone_redundant ? local.place.zones : []
  product     = local.contract.product
  suffix      = "${var.environment}-${local.place.short}"
  # The stack edge looks for the gateway's private link service by this name.
  gateway_link = "pls-${local.contract.product}-${local.suffix}"

  resource_providers = [
    "Microsoft.AlertsManagement", "Microsoft.App", "Microsoft.Authorization", "Microsoft.Cache", "Microsoft.Consumption", "Microsoft.ContainerRegistry",
    "Microsoft.ContainerService", "Microsoft.Dashboard", "Microsoft.DataProtection", "Microsoft.DBforPostgreSQL", "Microsoft.EventHub",
    "Microsoft.Insights", "Microsoft.KeyVault", "Microsoft.KubernetesConfiguration", "Microsoft.ManagedIdentity", "Microsoft.Monitor",
    "Microsoft.Network", "Microsoft.OperationalInsights", "Microsoft.OperationsManagement", "Microsoft.PolicyInsights", "Microsoft.Security", "Microsoft.Storage",
  ]
}

module "naming" {
  source = "../../modules/naming"

  rules        = yamldecode(file("${path.module}/../../../contract/naming.yaml"))
  product      = local.product
  environment  = var.environment
  region       = var.region
  region_short = local.place.short
  seed         = data.azurerm_client_config.current.subscription_id
  tags = merge(var.tags, { purpose = local.environment.purpose },
  local.environment.ttl_days == null ? {} : { ttl-days = tostring(local.environment.ttl_days) })
}

resource "azurerm_resource_group" "this" {
  name     = module.naming.names.resource_group
  location = var.region
  tags     = module.naming.tags
}

resource "azurerm_management_lock" "this" {
  count = var.lock ? 1 : 0

  name       = "environment"
  scope      = azurerm_resource_group.this.id
  lock_level = "CanNotDelete"
  notes      = "Taken away by a person, for one change, and put back by the next apply."
}

module "network" {
  source = "../../modules/network"

  names         = module.naming.names
  tags          = module.naming.tags
  location      = var.region
  group         = azurerm_resource_group.this.name
  address_space = var.ranges.network
  other_ranges  = { pods = var.ranges.pods, services = var.ranges.services }
}

module "dns" {
  source = "../../modules/dns"

  tags       = module.naming.tags
  location   = var.region
  group      = azurerm_resource_group.this.name
  network_id = module.network.id
}

module "firewall" {
  source = "../../modules/firewall"

  names          = module.naming.names
  tags           = module.naming.tags
  location       = var.region
  group          = azurerm_resource_group.this.name
  subnet_id      = module.network.subnet_ids["firewall"]
  node_range     = module.network.ranges["nodes"]
  node_subnet_id = module.network.subnet_ids["nodes"]
  runner_range   = module.network.ranges["runners"]
  zones          = local.zones
  tier           = var.firewall.tier
  allowed_names  = var.firewall.allowed_names
  workspace_id   = module.observability.workspace.id
}

module "cluster" {
  source = "../../modules/aks"

  name          = module.naming.names.cluster
  identity_name = "${module.naming.names.identity}-cluster"
  tags          = module.naming.tags
  location      = var.region
  group         = azurerm_resource_group.this.name
  tenant_id     = data.azurerm_client_config.current.tenant_id
  subnet_id     = module.network.subnet_ids["nodes"]
  network_id    = module.network.id
  dns_zone_id   = module.dns.zone_ids["cluster"]
  registry_id   = var.shared.registry_id
  workspace_id  = module.observability.workspace.id
  zones         = local.zones
  ranges        = { pods = var.ranges.pods, services = var.ranges.services }
  settings      = merge(var.cluster, { metrics = var.logs.full })

  # Without its way out through the firewall a node never becomes ready.
  depends_on = [module.firewall]
}

module "runners" {
  source = "../../modules/runners"
  count  = var.runner == null || var.runners.hosted_label != null ? 0 : 1

  names          = module.naming.names
  tags           = module.naming.tags
  location       = var.region
  group          = azurerm_resource_group.this.name
  network_name   = module.network.name
  range          = module.network.ranges["runners"]
  route_table_id = module.firewall.route_table_id
  zone_redundant = var.zone_redundant
  registry       = { id = var.shared.registry_id, host = var.shared.registry_host }
  vault          = { id = module.vault.id, url = module.vault.url }
  label          = "${local.product}-${local.suffix}"
  most           = var.runners.most
  github         = merge(var.runner, { owner = var.tenant.repository.owner, repository = var.tenant.repository.name })

  # The key and the image are fetched through the network's own endpoints.
  depends_on = [module.endpoints, module.firewall]
}

module "policy" {
  source = "../../modules/policy"

  cluster_id    = module.cluster.id
  registry_host = var.shared.registry_host
  effect        = var.cluster.safeguards.level == "Enforce" ? "deny" : "audit"
}

module "backup" {
  source = "../../modules/backup"
  count  = var.backup == null ? 0 : 1

  names                = module.naming.names
  tags                 = module.naming.tags
  location             = var.region
  group                = azurerm_resource_group.this.name
  group_id             = azurerm_resource_group.this.id
  redundancy           = var.backup.redundancy
  cross_region_restore = var.backup.cross_region_restore
  database_id          = module.database.id
  namespaces           = sort(keys(local.contract.namespaces))
  cluster              = { id = module.cluster.id, identity_principal_id = module.cluster.identity_principal_id }
  store = {
    id              = module.storage.files.id
    account         = module.storage.files.account
    container       = "cluster-backup"
    group           = azurerm_resource_group.this.name
    subscription_id = data.azurerm_client_config.current.subscription_id
  }
}

module "operators" {
  source = "../../modules/jit"
  count  = var.operators_eligible_days == null ? 0 : 1

  names              = module.naming.names
  tags               = module.naming.tags
  location           = var.region
  group              = azurerm_resource_group.this.name
  group_id           = azurerm_resource_group.this.id
  subscription_id    = data.azurerm_client_config.current.subscription_id
  subnet_id          = module.network.subnet_ids["bastion"]
  operators_group_id = var.tenant.operators_group_id
  eligible_days      = var.operators_eligible_days
  zones              = local.zones
}

module "budget" {
  source = "../../modules/budget"

  name            = "budget-${local.product}-${local.suffix}"
  group_id        = azurerm_resource_group.this.id
  action_group_id = module.alerts.action_group_id
  amount          = var.budget.amount
  start_date      = var.budget.start_date
  anomaly_emails  = var.budget.anomaly_alert ? var.tenant.alert_emails : []
}
