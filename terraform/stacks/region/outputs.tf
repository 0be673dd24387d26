# The contract with everything that comes after: contract/stack-outputs.schema.json is its form.
output "contract" {
  value = {
    version         = 1
    environment     = var.environment
    region          = var.region
    tenant_id       = data.azurerm_client_config.current.tenant_id
    subscription_id = data.azurerm_client_config.current.subscription_id
    resource_group  = azurerm_resource_group.this.name
    cluster = {
      id              = module.cluster.id
      name            = module.cluster.name
      oidc_issuer_url = module.cluster.oidc_issuer_url
      ingress_mode    = var.cluster.ingress_mode
      gateway_ip      = module.network.gateway_ip
    }
    registry = { id = var.shared.registry_id, host = var.shared.registry_host }
    vault    = { id = module.vault.id, name = module.vault.name, url = module.vault.url }
    database = { host = module.database.host, port = 5432, name = local.product }
    redis    = { host = module.redis.host, port = module.redis.port }
    events = var.events == null ? null : {
      host             = module.events[0].host
      hubs             = sort(keys(local.hubs))
      scaler_client_id = module.scaler_identity[0].client_id
      checkpoints      = { host = module.storage.files.host, account = module.storage.files.account, container = "checkpoints" }
    }
    lake = { host = module.storage.lake.host, account = module.storage.lake.account, container = module.storage.lake.container }
    logs = { endpoint = module.logs_ingestion.endpoint, rule_id = module.logs_ingestion.rule_id, streams = module.logs_ingestion.streams }

    # What `runs-on` says of a job that touches a private data plane; null as long as no such runner exists.
    runner_label = var.hosted_runners ? null : try(coalesce(var.runners.hosted_label, one(module.runners[*].label)), null)

    network = { private_endpoints = module.network.ranges["endpoints"], gateway_link = local.gateway_link }

    namespaces = sort(keys(local.contract.namespaces))
    services = {
      for name, service in local.services : name => {
        namespace       = service.namespace
        service_account = name
        client_id       = module.service_identities[name].client_id
      }
    }
    deployers = {
      for role, environment in local.pipeline : role => {
        github_environment = environment
        client_id          = module.pipeline_identities[role].client_id
        object_id          = module.pipeline_identities[role].object_id
      }
    }
  }
}

output "node_group" {
  description = "For the stack edge: where the gateway's private link service stands."
  value       = module.cluster.node_group
}
