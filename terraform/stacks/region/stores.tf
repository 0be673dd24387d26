# Data stores, each reached through a private endpoint and by Entra identities only.

locals {
  hubs = { for name, hub in local.contract.hubs : name => { consumer_groups = hub.consumer_groups } }

  # Copies in the pair's region need an endpoint in this network too: after a failover they are what services talk to.
  endpoints = merge(
    {
      registry = { id = var.shared.registry_id, subresource = "registry", zone = "registry" }
      vault    = { id = module.vault.id, subresource = "vault", zone = "vault" }
      database = { id = module.database.id, subresource = "postgresqlServer", zone = "database" }
      redis    = { id = module.redis.ids["primary"], subresource = "redisEnterprise", zone = "redis" }
      lake     = { id = module.storage.lake.id, subresource = "dfs", zone = "dfs" }
      lakeblob = { id = module.storage.lake.id, subresource = "blob", zone = "blob" }
      files    = { id = module.storage.files.id, subresource = "blob", zone = "blob" }
      state    = { id = var.shared.state_account_id, subresource = "blob", zone = "blob" }
    },
    var.events == null ? {} : { events = { id = module.events[0].ids["primary"], subresource = "namespace", zone = "events" } },
    var.database.copy ? { databasecopy = { id = module.database.replica_id, subresource = "postgresqlServer", zone = "database" } } : {},
    var.redis.copy ? { rediscopy = { id = module.redis.ids["copy"], subresource = "redisEnterprise", zone = "redis" } } : {},
    try(var.events.copy, false) ? { eventscopy = { id = module.events[0].ids["copy"], subresource = "namespace", zone = "events" } } : {},
    var.logs.full ? {
      grafana = { id = module.observability.metrics.grafana_id, subresource = "grafana", zone = "grafana" }
      metrics = { id = module.observability.metrics.id, subresource = "prometheusMetrics", zone = "prometheus" }
    } : {},
  )
}

module "vault" {
  source = "../../modules/key_vault"

  name      = module.naming.names.vault
  tags      = module.naming.tags
  location  = var.region
  group     = azurerm_resource_group.this.name
  tenant_id = data.azurerm_client_config.current.tenant_id
  sku       = var.vault_sku
}

module "certificate" {
  source = "../../modules/certificate"
  count  = var.hosted_runners ? 0 : 1

  name     = "gateway-tls"
  tags     = module.naming.tags
  vault_id = module.vault.id
  hosts    = var.gateway.hosts
  issuer   = var.gateway.issuer
  makers   = var.tenant.jobs

  # The vault answers inside the network only.
  depends_on = [module.endpoints]
}

module "database" {
  source = "../../modules/database"

  name           = module.naming.names.database
  database_name  = local.product
  tags           = module.naming.tags
  location       = var.region
  group          = azurerm_resource_group.this.name
  tenant_id      = data.azurerm_client_config.current.tenant_id
  sku            = var.database.sku
  storage_mb     = var.database.storage_mb
  zone_redundant = var.database.zone_redundant
  backup_days    = var.database.backup_days
  geo_backup     = var.database.geo_backup
  replica_region = var.database.copy ? local.place.pair : null
  administrators = {
    "database administrators"                          = { type = "Group", object_id = var.tenant.database_admins_group_id }
    (module.service_identities[local.migrations].name) = { type = "ServicePrincipal", object_id = module.service_identities[local.migrations].object_id }
  }
}

module "redis" {
  source = "../../modules/redis"

  name             = module.naming.names.redis
  tags             = module.naming.tags
  location         = var.region
  group            = azurerm_resource_group.this.name
  sku              = var.redis.sku
  highly_available = var.redis.highly_available
  copy_region      = var.redis.copy ? local.place.pair : null
  users            = { for name, service in local.services : name => module.service_identities[name].object_id if contains(service.needs, "redis") }
}

module "events" {
  source = "../../modules/events"
  count  = var.events == null ? 0 : 1

  name        = module.naming.names.events
  tags        = module.naming.tags
  location    = var.region
  group       = azurerm_resource_group.this.name
  sku         = var.events.sku
  capacity    = var.events.capacity
  most_units  = var.events.most_units
  hubs        = local.hubs
  copy_region = var.events.copy ? local.place.pair : null
}

module "storage" {
  source = "../../modules/storage"

  name           = module.naming.names.storage
  tags           = module.naming.tags
  location       = var.region
  group          = azurerm_resource_group.this.name
  replication    = var.storage_replication
  lake_container = "iceberg"
  containers     = concat(["cluster-backup"], var.events == null ? [] : ["checkpoints"])
}

module "endpoints" {
  source   = "../../modules/private_endpoint"
  for_each = local.endpoints

  name        = each.key
  tags        = module.naming.tags
  location    = var.region
  group       = azurerm_resource_group.this.name
  subnet_id   = module.network.subnet_ids["endpoints"]
  resource_id = each.value.id
  subresource = each.value.subresource
  zone_id     = module.dns.zone_ids[each.value.zone]
}
