# Who acts here: each service, and the pipeline in its roles.

locals {
  services = {
    for name, state in local.environment.services : name => local.contract.services[name] if state != "none"
  }
  # The service that creates the others' database roles: it administers the server.
  migrations = "migrations"

  event_scopes = var.events == null ? {} : module.events[0].hub_ids
  roles = {
    for name, service in local.services : name => merge(
      contains(service.needs, "vault") ? { vault = { role = "Key Vault Secrets User", scope = module.vault.id } } : {},
      contains(service.needs, "lake") ? { lake = { role = "Storage Blob Data Contributor", scope = module.storage.lake.container_id } } : {},
      contains(service.needs, "events-send") ? { for hub, id in local.event_scopes : "send-${hub}" => { role = "Azure Event Hubs Data Sender", scope = id } } : {},
      contains(service.needs, "events-receive") ? merge(
        { for hub, id in local.event_scopes : "receive-${hub}" => { role = "Azure Event Hubs Data Receiver", scope = id } },
        var.events == null ? {} : { checkpoints = { role = "Storage Blob Data Contributor", scope = module.storage.files.container_ids["checkpoints"] } },
      ) : {},
    )
  }

  # GitHub environments: deploys run in the environment's own name, so that its reviewers stand before them.
  pipeline = merge(
    { deploy = var.environment, platform = "${var.environment}-platform" },
    local.environment.power == null ? {} : { power = "${var.environment}-power" },
  )
}

module "service_identities" {
  source   = "../../modules/identity_workload"
  for_each = local.services

  name            = "${module.naming.names.identity}-${each.key}"
  tags            = module.naming.tags
  location        = var.region
  group           = azurerm_resource_group.this.name
  issuer          = module.cluster.oidc_issuer_url
  namespace       = each.value.namespace
  service_account = each.key
  roles           = local.roles[each.key]
}

# KEDA's operator reads how many events wait and how far consumers have come: nothing else, and not as one of them.
module "scaler_identity" {
  source = "../../modules/identity_workload"
  count  = var.events == null ? 0 : 1

  name            = "${module.naming.names.identity}-scaler"
  tags            = module.naming.tags
  location        = var.region
  group           = azurerm_resource_group.this.name
  issuer          = module.cluster.oidc_issuer_url
  namespace       = "kube-system"
  service_account = "keda-operator"
  roles = merge(
    { for hub, id in local.event_scopes : "receive-${hub}" => { role = "Azure Event Hubs Data Receiver", scope = id } },
    { checkpoints = { role = "Storage Blob Data Reader", scope = module.storage.files.container_ids["checkpoints"] } },
  )
}

module "pipeline_identities" {
  source   = "../../modules/identity_github"
  for_each = local.pipeline

  name         = "${module.naming.names.identity}-${each.key}"
  tags         = module.naming.tags
  location     = var.region
  group        = azurerm_resource_group.this.name
  environments = [each.value]
  repository   = var.tenant.repository
}

module "cluster_access" {
  source = "../../modules/cluster_access"

  suffix     = local.suffix
  cluster_id = module.cluster.id
  group_id   = azurerm_resource_group.this.id
  namespaces = keys(local.contract.namespaces)
  sleeps     = local.environment.power != null
  principals = {
    deploy   = module.pipeline_identities["deploy"].object_id
    platform = module.pipeline_identities["platform"].object_id
    power    = try(module.pipeline_identities["power"].object_id, null)
  }
}
