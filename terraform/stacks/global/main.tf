# What environments share, and only that: the registry. What is verified in one environment is what the next one runs, so the
# bytes are in one place. Vaults, workspaces and zones are each environment's own: a secret, a quota or a record of one must not
# reach another.

variable "region" {
  type = string

  validation {
    condition     = contains(keys(local.contract.regions), var.region)
    error_message = "The region is none of contract/environments.yaml."
  }
}

variable "tags" {
  type = object({ owner = string, cost-center = string })
}

data "azurerm_client_config" "current" {}

locals {
  contract           = yamldecode(file("${path.module}/../../../contract/environments.yaml"))
  resource_providers = ["Microsoft.ContainerRegistry", "Microsoft.Authorization"]
  # Where clusters are, and where production's copies go.
  regions = toset(flatten([for environment in values(local.contract.environments) : [for region in environment.regions : [region, local.contract.regions[region].pair]]]))
}

module "naming" {
  source = "../../modules/naming"

  rules        = yamldecode(file("${path.module}/../../../contract/naming.yaml"))
  product      = local.contract.product
  environment  = "shared"
  region       = var.region
  region_short = local.contract.regions[var.region].short
  seed         = data.azurerm_client_config.current.subscription_id
  tags         = merge(var.tags, { purpose = "what environments share" })
}

resource "azurerm_resource_group" "this" {
  name     = module.naming.names.resource_group
  location = var.region
  tags     = module.naming.tags
}

resource "azurerm_management_lock" "this" {
  name       = "shared"
  scope      = azurerm_resource_group.this.id
  lock_level = "CanNotDelete"
  notes      = "Every environment pulls its images from here."
}

module "registry" {
  source = "../../modules/registry"

  name            = module.naming.names.registry
  tags            = module.naming.tags
  location        = var.region
  group           = azurerm_resource_group.this.name
  replica_regions = sort(setsubtract(local.regions, [var.region]))
}

output "shared" {
  description = "For the variable `shared` of the stack region."
  value       = { registry_id = module.registry.id, registry_host = module.registry.host }
}
